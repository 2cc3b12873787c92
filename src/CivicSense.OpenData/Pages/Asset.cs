using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>A file that pages need. Its address holds its hash, so a browser may keep it for ever.</summary>
sealed class Asset
{
    const string ForEver = "public, max-age=31536000, immutable";

    readonly byte[] content;
    readonly byte[] compressed;
    readonly string contentType;
    readonly string tag;

    Asset(string file, Stream stream, string contentType)
    {
        content = new byte[stream.Length];
        stream.ReadExactly(content);
        compressed = Compress(content);
        this.contentType = contentType;
        tag = EntityTag.Of(content);
        Path = $"/assets/{file}";
        Address = $"{Path}?v={tag.Trim('"')[..12]}";
    }

    public static Asset Style { get; } = Find("style.css", "text/css; charset=utf-8");

    public static Asset Icon { get; } = Find("icon.svg", "image/svg+xml");

    /// <summary>Puts a map that can be moved in the place of the drawn one.</summary>
    public static Asset MapScript { get; } = Find("map.js", "text/javascript; charset=utf-8");

    /// <summary>Offers to find the area of where somebody is.</summary>
    public static Asset PlaceScript { get; } = Find("place.js", "text/javascript; charset=utf-8");

    /// <summary>The library of the map; null where the program was built without Node.js.</summary>
    public static Asset? Leaflet { get; } = FindOptional("leaflet.js", "text/javascript; charset=utf-8");

    /// <inheritdoc cref="Leaflet"/>
    public static Asset? LeafletStyle { get; } = FindOptional("leaflet.css", "text/css; charset=utf-8");

    /// <summary>All files there are.</summary>
    public static IEnumerable<Asset> All => new[] { Style, Icon, MapScript, PlaceScript, Leaflet, LeafletStyle }.OfType<Asset>();

    /// <summary>The address that pages link to.</summary>
    public string Address { get; }

    /// <summary>The file itself.</summary>
    public ReadOnlySpan<byte> Content => content;

    string Path { get; }

    public void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], (HttpContext context) =>
        {
            var isPinned = context.Request.QueryString.HasValue
                && Address.EndsWith(context.Request.QueryString.Value!, StringComparison.Ordinal);
            var isCompressed = context.Request.GetTypedHeaders().AcceptEncoding
                .Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not <= 0);
            context.Response.Headers.Vary = "Accept-Encoding";
            if (isCompressed) context.Response.Headers.ContentEncoding = "gzip";
            // Of both codings there is one tag each, as RFC 9110, section 8.8.3.3, asks.
            return (IResult)new PublicResult(
                isCompressed ? compressed : content, contentType, isCompressed ? tag.Insert(tag.Length - 1, "-gzip") : tag,
                isPinned ? ForEver : PublicResult.Live);
        }).ExcludeFromDescription();

    static Asset Find(string file, string contentType) =>
        FindOptional(file, contentType) ?? throw new InvalidOperationException($"The file {file} was not built into the program.");

    static Asset? FindOptional(string file, string contentType)
    {
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream(file);
        return stream is null ? null : new Asset(file, stream, contentType);
    }

    static byte[] Compress(byte[] content)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.SmallestSize)) gzip.Write(content);
        return result.ToArray();
    }
}
