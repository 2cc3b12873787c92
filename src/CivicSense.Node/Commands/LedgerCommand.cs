using System.CommandLine;
using CivicSense.Commons;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense ledger</c>: checks the privacy ledger.</summary>
static class LedgerCommand
{
    public static Command Create() => new("ledger", "Check the privacy ledger.") { CreateVerify() };

    static Command CreateVerify()
    {
        var folder = new DataOption();
        var command = new Command("verify", "Check every entry's hash, the chain, and that the released values are those that the ledger fixed.")
        {
            folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) => VerifyAsync(
            folder.Of(result), result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    static async Task<int> VerifyAsync(NodeStore store, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var commons = await store.OpenCommonsAsync(cancellationToken);
        var verdict = await new LedgerVerifier(commons).VerifyAsync(cancellationToken);
        foreach (var problem in verdict.Problems)
            await errors.WriteLineAsync($"civicsense: {problem}");
        await output.WriteLineAsync(verdict.Problems.Count == 0
            ? $"The ledger is whole: {verdict.Entries} entries, {verdict.Values} released values, head {verdict.Head}."
            : $"The ledger is NOT whole: {verdict.Problems.Count} problem(s) in {verdict.Entries} entries.");
        return verdict.Problems.Count == 0 ? 0 : 2;
    }
}
