using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>Where the next page begins, written so that nobody is tempted to make one.</summary>
static class Cursor
{
    const int LongestText = 200;

    public static string Write(params ReadOnlySpan<string> fields) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('|', fields)));

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

    /// <summary>An instant as a field of a cursor: whole seconds.</summary>
    public static string WriteInstant(DateTimeOffset instant) => instant.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="WriteInstant"/> writes.</summary>
    /// <exception cref="ProblemException">400: it is no instant.</exception>
    public static DateTimeOffset ReadInstant(string field) =>
        long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Invalid();

    public static ProblemException Invalid() => ProblemException.BadParameter(
        QueryParameter.Cursor.Name,
        "This cursor does not belong to this list. Take it unchanged from the Link header of the page before, or start without one.");
}
