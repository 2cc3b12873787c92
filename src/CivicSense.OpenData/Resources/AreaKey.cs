namespace CivicSense.OpenData;

/// <summary>
/// How an area is named in addresses: its quadkey, or <c>world</c> for the empty one, which would leave a hole in a path.
/// </summary>
/// <remarks>The empty quadkey does occur: the whole of a neighbourhood on the meridian of Greenwich has no smaller cell.</remarks>
static class AreaKey
{
    const string World = "world";

    public static string Write(Area area) => area.Zoom == 0 ? World : area.QuadKey;

    public static bool TryParse(string text, out Area area)
    {
        area = default;
        return text == World || (text.Length > 0 && Area.TryParse(text, out area));
    }
}
