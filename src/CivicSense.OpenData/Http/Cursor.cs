using System.Buffers.Text;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>Where the next page begins, written so that nobody is tempted to make one.</summary>
static class Cursor
{
    const int LongestText = 200;

    public static string Write(params ReadOnlySpan<string> fields) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('|', fields)));

    /// <summary>Reads a cursor's fields.</summary>
    /// <exception cref="ProblemException">400: it is not a cursor with this many fields.</exception>
    public static string[] Read(string text, int fields)
    {
        if (text.Length <= LongestText && text.Length > 0 && Base64Url.IsValid(text))
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('|');
            if (parts.Length == fields)
                return parts;
        }
        throw Invalid();
    }

    public static ProblemException Invalid() => ProblemException.BadParameter(
        QueryParameter.Cursor.Name, "This cursor does not belong to this list. Take it unchanged from the Link header of the page before, or start without one.");
}
