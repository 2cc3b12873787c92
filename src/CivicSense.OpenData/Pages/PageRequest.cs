using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>One request of a page: what it may read, and the frame that every page has.</summary>
sealed class PageRequest
{
    readonly HttpContext context;

    public PageRequest(HttpContext context)
    {
        this.context = context;
        var services = context.RequestServices;
        Commons = services.GetRequiredService<ICommons>();
        Losses = services.GetRequiredService<IPrivacyLossTable>();
        Options = services.GetRequiredService<IOptions<OpenDataOptions>>().Value;
        Now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        Words = new Words(Options);
    }

    public ICommons Commons { get; }

    public IPrivacyLossTable Losses { get; }

    public OpenDataOptions Options { get; }

    public DateTimeOffset Now { get; }

    public Words Words { get; }

    public CancellationToken Aborted => context.RequestAborted;

    public ValueTask<NodeStatus> ReadStatusAsync() => context.RequestServices.GetRequiredService<INodeStatus>().ReadAsync(Aborted);

    /// <summary>The address of this node as somebody elsewhere would type it.</summary>
    public string Origin => Options.BaseAddress?.ToString().TrimEnd('/') ?? $"{context.Request.Scheme}://{context.Request.Host}";

    /// <summary>
    /// A parameter of the query string; pages ignore what they do not know, because links shared by people gather additions.
    /// </summary>
    public string? Query(string name) => context.Request.Query[name] is [var value] ? value : null;

    /// <summary>Answers with a page.</summary>
    /// <param name="path">The page's own address, to mark it in the navigation.</param>
    /// <param name="title">What stands in the browser's tab.</param>
    /// <param name="main">The content.</param>
    public IResult Page(string path, string title, Html main)
    {
        var body = Encoding.UTF8.GetBytes(PageFrame.Around(Options, path, title, main).ToString());
        return new PublicResult(body, "text/html; charset=utf-8", EntityTag.Of(body), PublicResult.Live);
    }
}
