using System.Globalization;
using System.Text.RegularExpressions;

namespace CivicSense.OpenData;

/// <summary>Finds the area of a place: of coordinates, of a letter on the map or of a quadkey.</summary>
static partial class PlaceSearch
{
    /// <summary>The form; a script adds a button to it that asks the browser where it is.</summary>
    /// <param name="place">What was asked before.</param>
    /// <param name="request">Whose words are used.</param>
    public static Html Draw(string place, PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        html.Append($"""<form class="find" action="{request.Link("/areas")}" role="search" """)
            .Append($"""data-here="{words["place.here"]}" data-denied="{words["place.denied"]}">""");
        html.Append($"""<label for="place">{words["place.label"]}</label><span class="row">""")
            .Append($"""<input id="place" name="place" value="{place}" maxlength="60" autocomplete="off" aria-describedby="place-help">""")
            .Append($"<button>{words["place.find"]}</button></span>");
        return html.Append($"""<p class="small" id="place-help">{words["place.help"]}</p></form>""");
    }

    /// <summary>The smallest area that speaks for a place; null where none does or the place is not understood.</summary>
    public static AreaNode? Find(string place, AreaLabels names)
    {
        var text = place.Trim();
        if (names.Tree.Nodes.FirstOrDefault(node => string.Equals(names.LetterOf(node.Area), text, StringComparison.OrdinalIgnoreCase)
            && node.IsReleaseArea) is { } lettered)
            return lettered;
        return Cell(text) is { } cell ? Around(cell, names.Tree) : null;
    }

    /// <summary>Whether a place is understood, be it in the neighbourhood or not.</summary>
    public static bool IsUnderstood(string place) => Cell(place.Trim()) is not null;

    /// <summary>The release area whose middle is the nearest to a place, and how far it is in kilometres.</summary>
    public static (AreaNode Node, double Kilometres)? Nearest(string place, AreaTree tree)
    {
        if (Cell(place.Trim()) is not { } cell) return null;
        var (latitude, longitude) = Middle(cell);
        return tree.Nodes.Where(node => node.IsReleaseArea).Select(node => (node, Distance(node.Area))).MinBy(pair => pair.Item2);

        double Distance(Area area)
        {
            var other = Middle(area);
            const double kilometresPerDegree = 111.2;
            return kilometresPerDegree * double.Hypot(other.Latitude - latitude,
                (other.Longitude - longitude) * Math.Cos(latitude * Math.PI / 180));
        }
    }

    static Area? Cell(string text)
    {
        if (Pair().Match(text) is { Success: true } match
            && Degrees(match.Groups["latitude"].Value) is { } latitude and >= -90 and <= 90
            && Degrees(match.Groups["longitude"].Value) is { } longitude and >= -180 and <= 180)
            return Area.FromPosition(latitude, longitude);
        return text.Length > 0 && AreaKey.TryParse(text, out var area) ? area : null;
    }

    /// <summary>A parent also holds places that none of its release areas does: it says nothing about them.</summary>
    static AreaNode? Around(Area cell, AreaTree tree) =>
        tree.Nodes.Where(node => node.IsReleaseArea && node.Area.Contains(cell)).MaxBy(node => node.Area.Zoom)
        ?? tree.Nodes.FirstOrDefault(node => node.Area == cell);

    static (double Latitude, double Longitude) Middle(Area area) =>
        ((area.Bounds.North + area.Bounds.South) / 2, (area.Bounds.West + area.Bounds.East) / 2);

    static double? Degrees(string text) => double.TryParse(
        text.Replace(',', '.'), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
        out var degrees)
        ? degrees : null;

    // With a point or a comma, and then a comma, a semicolon or a space between the two. \d would be the digits of all scripts.
    [GeneratedRegex(
        @"^(?<latitude>-?[0-9]{1,2}([.,][0-9]{1,12})?)(\s*[;,]\s+|\s*;\s*|\s+|(?<=\.[0-9]+),)(?<longitude>-?[0-9]{1,3}([.,][0-9]{1,12})?)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pair();
}
