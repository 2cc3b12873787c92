namespace CivicSense.OpenData;

/// <summary>How the parts of a chart look: by the style sheet on a page; by attributes in a drawing that stands alone.</summary>
/// <param name="Grid">Lines of the grid.</param>
/// <param name="Band">The interval.</param>
/// <param name="Line">The most likely value.</param>
/// <param name="Guide">A level to compare with.</param>
/// <param name="Text">What stands along the axes.</param>
/// <param name="Every">A label that has room at every width.</param>
/// <param name="Wide">A label that has room on wide screens only.</param>
sealed record ChartInk(Html Grid, Html Band, Html Line, Html Guide, Html Text, Html Every, Html Wide)
{
    public static ChartInk OnPage { get; } = new(
        Class("grid"), Class("band"), Class("line"), Class("guide"), new Html(), Class("every"), Class("wide"));

    public static ChartInk Standalone { get; } = new(
        new Html().Append($"fill=\"none\" stroke=\"#d5d9d8\""), new Html().Append($"fill=\"#b9dbe3\""),
        new Html().Append($"fill=\"none\" stroke=\"#0b5a6e\" stroke-width=\"2.5\" stroke-linejoin=\"round\""),
        new Html().Append($"fill=\"none\" stroke=\"#9a3b12\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\""),
        new Html().Append($"fill=\"#4b585e\""), new Html().Append($"fill=\"#4b585e\""), new Html().Append($"fill=\"#4b585e\""));

    static Html Class(string name) => new Html().Append($"class=\"{name}\"");
}
