using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Builder;

namespace CivicSense.OpenData;

/// <summary>A file that pages need. Its address holds its hash, so a browser may keep it for ever.</summary>
sealed class Asset
{
    const string ForEver = "public, max-age=31536000, immutable";

    readonly byte[] content;
    readonly string contentType;
    readonly string tag;

    Asset(string file, string contentType)
    {
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The file {file} was not built into the program.");
        content = new byte[stream.Length];
        stream.ReadExactly(content);
        this.contentType = contentType;
        tag = EntityTag.Of(content);
        Path = $"/assets/{file}";
        Address = $"{Path}?v={tag.Trim('"')[..12]}";
    }

    public static Asset Style { get; } = new("style.css", "text/css; charset=utf-8");

    public static Asset Icon { get; } = new("icon.svg", "image/svg+xml");

    /// <summary>The address that pages link to.</summary>
    public string Address { get; }

    /// <summary>The file itself.</summary>
    public ReadOnlySpan<byte> Content => content;

    string Path { get; }

    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], (HttpContext context) =>
        {
            var isPinned = context.Request.QueryString.HasValue && Address.EndsWith(context.Request.QueryString.Value!, StringComparison.Ordinal);
            return (IResult)new PublicResult(content, contentType, tag, isPinned ? ForEver : PublicResult.Live);
        }).ExcludeFromDescription();
}
