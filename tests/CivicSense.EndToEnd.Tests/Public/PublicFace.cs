using System.Net;
using System.Text.RegularExpressions;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>Everything a visitor can get from a node by following links, pages of results included.</summary>
sealed partial class PublicFace(NodeProcess node) : IDisposable
{
    const int MostAnswers = 3000;

    readonly HttpClient client = new(new HttpClientHandler { AllowAutoRedirect = false });

    /// <summary>All answers by their path and query; headers and body as text.</summary>
    public Dictionary<string, (HttpStatusCode Status, string Text)> Answers { get; } = [];

    /// <summary>Links that lead to other hosts. They are not followed.</summary>
    public HashSet<string> Elsewhere { get; } = [];

    /// <summary>Asks for these and for everything they lead to.</summary>
    public async Task FollowAsync(params IEnumerable<string> beginnings)
    {
        var open = new Queue<string>(beginnings);
        while (open.TryDequeue(out var path))
        {
            if (Answers.ContainsKey(path)) continue;
            Assert.True(Answers.Count < MostAnswers, "The links never end.");
            foreach (var link in await AskAsync(path)) open.Enqueue(link);
        }
    }

    async Task<IEnumerable<string>> AskAsync(string path)
    {
        var address = new Uri(node.Address, path);
        using var answer = await client.GetAsync(address, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Answers[path] = (answer.StatusCode, $"{answer.Headers}{answer.Content.Headers}\n{body}");

        var links = answer.Headers.TryGetValues("Link", out var header)
            ? header.SelectMany(line => LinkHeader().Matches(line)).Select(match => match.Groups["target"].Value)
            : [];
        if (answer.Content.Headers.ContentType?.MediaType == "text/html")
            links = links.Concat(Reference().Matches(body).Select(match => WebUtility.HtmlDecode(match.Groups["target"].Value)));
        return links.Select(link => new Uri(address, link)).Where(IsHere).Select(link => link.PathAndQuery).ToList();
    }

    bool IsHere(Uri link)
    {
        if (link.Authority == node.Address.Authority || link.Host == "localhost") return true;
        Elsewhere.Add(link.AbsoluteUri);
        return false;
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex("<(?<target>[^>]+)>", RegexOptions.ExplicitCapture)]
    private static partial Regex LinkHeader();

    [GeneratedRegex("""(?:href|src)="(?<target>[^"]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}
