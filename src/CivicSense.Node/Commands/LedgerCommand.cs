using System.CommandLine;
using CivicSense.Commons;
using CivicSense.Node.RemoteLedger;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense ledger</c>: checks the privacy ledger.</summary>
static class LedgerCommand
{
    public static Command Create() => new("ledger", "Check the privacy ledger.") { CreateVerify() };

    static Command CreateVerify()
    {
        var folder = new DataOption();
        var url = new Option<string?>("--url")
        {
            Description = "The address of somebody else's node, such as https://air.example.org/: reads all of its public data.",
            HelpName = "URL",
        };
        var command = new Command(
            "verify", "Check every entry's hash, the chain, and that the released values are those that the ledger fixed.")
        {
            folder.Data, folder.Config, url,
        };
        command.SetAction((result, cancellationToken) => result.GetValue(url) is { } address
            ? VerifyRemoteAsync(
                address, TimeProvider.System, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error,
                cancellationToken)
            : VerifyAsync(folder.Of(result), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error,
                cancellationToken));
        return command;
    }

    static async Task<int> VerifyAsync(NodeStore store, TextWriter output, TextWriter errors, CancellationToken cancellationToken) =>
        await VerifyAsync(await store.OpenCommonsAsync(cancellationToken), output, errors, cancellationToken);

    /// <summary>Checks somebody else's node over its public API.</summary>
    /// <exception cref="UserErrorException">It is none, or it does not answer as one does.</exception>
    internal static async Task<int> VerifyRemoteAsync(
        string address, TimeProvider time, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https"))
            throw new UserErrorException("--url: not an address that begins with http:// or https://.");
        using var client = RemoteNode.CreateClient(node);
        var remote = new RemoteNode(
            client, time, answers => errors.WriteLine($"civicsense: still checking; answers read so far: {answers}"));
        return await VerifyAsync(new RemoteReleasedData(remote), output, errors, cancellationToken);
    }

    static async Task<int> VerifyAsync(IReleasedData released, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var verdict = await new LedgerVerifier(released).VerifyAsync(cancellationToken);
        foreach (var problem in verdict.Problems)
            await errors.WriteLineAsync($"civicsense: {problem}");
        await output.WriteLineAsync(verdict.Problems.Count == 0
            ? $"The ledger is whole: {verdict.Entries} entries, {verdict.Values} released values, head {verdict.Head}."
            : $"The ledger is NOT whole: {verdict.Problems.Count} problem(s) in {verdict.Entries} entries.");
        return verdict.Problems.Count == 0 ? 0 : 2;
    }
}
