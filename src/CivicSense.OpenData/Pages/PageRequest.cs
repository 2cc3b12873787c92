using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>One request of a page: its language, what it may read, and the frame that every page has.</summary>
/// <remarks>
/// An address that begins with a language has that one; the others have the one that the browser asks for. Links on a page keep to the
/// kind of its own address.
/// </remarks>
sealed class PageRequest
{
    const int LongestQuery = 300;

    readonly HttpContext context;
    readonly List<string> used = [];
    readonly string prefix;

    /// <param name="context">The request.</param>
    /// <param name="language">The language of its address; null where that has none.</param>
    public PageRequest(HttpContext context, Language? language = null)
    {
        this.context = context;
        var services = context.RequestServices;
        Commons = services.GetRequiredService<ICommons>();
        Losses = services.GetRequiredService<IPrivacyLossTable>();
        Options = services.GetRequiredService<IOptions<OpenDataOptions>>().Value;
        Now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        prefix = language is null ? "" : "/" + language.Code;
        Words = new Words(Options, language ?? LanguageCatalogue.Choose(context.Request.Headers.AcceptLanguage, Options.DefaultLanguage));
    }

    public ICommons Commons { get; }

    public IPrivacyLossTable Losses { get; }

    public OpenDataOptions Options { get; }

    public DateTimeOffset Now { get; }

    public Words Words { get; }

    /// <summary>Whether the page is there in every language. One that is not has no switch and no alternates.</summary>
    public bool IsTranslated { get; init; } = true;

    public CancellationToken Aborted => context.RequestAborted;

    public T Service<T>() where T : notnull => context.RequestServices.GetRequiredService<T>();

    public ValueTask<NodeStatus> ReadStatusAsync() => Service<INodeStatus>().ReadAsync(Aborted);

    /// <summary>The address of this node as somebody elsewhere would type it.</summary>
    public string Origin => Options.BaseAddress?.ToString().TrimEnd('/') ?? $"{context.Request.Scheme}://{context.Request.Host}";

    /// <summary>The address of another page, by its path without a language.</summary>
    public string Link(string path) => prefix.Length > 0 && path == "/" ? prefix : prefix + path;

    /// <summary>The same page in a language: an address that is always in that language.</summary>
    public string In(Language other) => $"/{other.Code}{Bare}";

    /// <summary>The same page in the language that the browser asks for.</summary>
    public string InAny => Bare.Length == 0 ? "/" : Bare;

    /// <summary>Path and query without the language; nothing for the first page.</summary>
    string Bare
    {
        get
        {
            var path = context.Request.Path.Value ?? "";
            if (prefix.Length > 0 && path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) path = path[prefix.Length..];
            var query = string.Join('&',
                used.SelectMany(name => context.Request.Query[name].Select(value => $"{name}={Uri.EscapeDataString(value ?? "")}")));
            var bare = new PathString(path).ToUriComponent().TrimEnd('/');
            return query.Length is 0 or > LongestQuery ? bare : $"{bare}?{query}";
        }
    }

    /// <summary>
    /// A parameter of the query string; pages ignore what they do not know, because links shared by people gather additions.
    /// </summary>
    public string? Query(string name) => QueryAll(name) is [var value] ? value : null;

    /// <summary>All values of a parameter of the query string.</summary>
    public IReadOnlyList<string?> QueryAll(string name)
    {
        if (!used.Contains(name)) used.Add(name);
        return context.Request.Query[name];
    }

    /// <summary>A part of the path.</summary>
    public string Route(string name) => context.Request.RouteValues[name]?.ToString() ?? "";

    /// <summary>Answers with a page.</summary>
    /// <param name="path">The path of the place in the navigation that the page belongs to; "" for none.</param>
    /// <param name="title">What stands in the browser's tab.</param>
    /// <param name="main">The content.</param>
    public IResult Page(string path, string title, Html main)
    {
        var body = Encoding.UTF8.GetBytes(PageFrame.Around(this, path, title, main).ToString());
        SetLanguage();
        return new PublicResult(body, "text/html; charset=utf-8", EntityTag.Of(body), PublicResult.Live);
    }

    /// <summary>Sends the browser to another page.</summary>
    /// <param name="address">Its path, with the language.</param>
    public IResult Redirect(string address)
    {
        // What was asked for may be somebody's place.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Location = address;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>Lets other pages show the answer within themselves.</summary>
    public void AllowElsewhere()
    {
        SetLanguage();
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors *";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        headers.AccessControlAllowOrigin = "*";
    }

    /// <summary>Says which language the answer is in, and what it was chosen by.</summary>
    public void SetLanguage()
    {
        context.Response.Headers.ContentLanguage = Words.Language.Code;
        if (prefix.Length == 0) context.Response.Headers.Vary = "Accept-Language";
    }
}
