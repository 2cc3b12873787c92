namespace CivicSense.OpenData;

/// <summary>Head, navigation and footer of every page.</summary>
static class PageFrame
{
    static readonly (string Path, string Key)[] Places =
        [("/", "now"), ("/areas", "areas"), ("/compare", "compare"), ("/downloads", "downloads"), ("/about", "about"),
            ("/ledger", "ledger")];

    public static Html Around(PageRequest request, string path, string title, Html main)
    {
        var (words, options) = (request.Words, request.Options);
        var html = new Html();
        html.Append($"""<!DOCTYPE html><html lang="{words.Language.Code}"><head><meta charset="utf-8">""")
            .Append($"""<meta name="viewport" content="width=device-width, initial-scale=1">""");
        html.Append($"<title>{title} – {options.NeighbourhoodName}</title>");
        html.Append($"""<meta name="description" content="{words.Text("frame.description", ("name", options.NeighbourhoodName))}">""");
        html.Append($"""<link rel="stylesheet" href="{Asset.Style.Address}"><link rel="icon" href="{Asset.Icon.Address}">""");
        if (request.IsTranslated) html.Append(Alternates(request));
        html.Append(Scripts()).Append($"</head><body>");
        html.Append($"""<a class="skip" href="#main">{words["frame.skip"]}</a>""");
        html.Append($"""<header><p class="name"><a href="{request.Link("/")}">{options.NeighbourhoodName}</a></p>""");
        html.Append($"""<nav aria-label="{words["frame.pages"]}"><ul>""");
        foreach (var (address, key) in Places)
        {
            var current = address == path ? new Html().Append($" aria-current=\"page\"") : null;
            html.Append($"""<li><a href="{request.Link(address)}"{current}>{words[$"frame.place.{key}"]}</a></li>""");
        }
        html.Append($"</ul></nav>").Append(request.IsTranslated ? Switch(request) : new Html()).Append($"</header>");
        if (options.Notice?.For(words.Language, options.DefaultLanguage) is var (notice, code))
            html.Append($"""<p class="notice" role="note" lang="{code}">{notice}</p>""");
        html.Append($"""<main id="main">""").Append(main).Append($"</main>");
        return html.Append(Footer(request)).Append($"</body></html>");
    }

    /// <summary>The same page in each language, for search engines.</summary>
    static Html Alternates(PageRequest request)
    {
        var html = new Html();
        foreach (var language in LanguageCatalogue.All)
            html.Append($"""<link rel="alternate" hreflang="{language.Code}" href="{request.Origin}{request.In(language)}">""");
        return html.Append($"""<link rel="alternate" hreflang="x-default" href="{request.Origin}{request.InAny}">""");
    }

    /// <summary>Everything is there without them.</summary>
    static Html Scripts()
    {
        var html = new Html();
        if (Asset.Leaflet is { } library && Asset.LeafletStyle is { } style)
        {
            html.Append($"""<link rel="stylesheet" href="{style.Address}"><script src="{library.Address}" defer=""></script>""");
            html.Append($"""<script src="{Asset.MapScript.Address}" defer=""></script>""");
        }
        return html.Append($"""<script src="{Asset.PlaceScript.Address}" defer=""></script>""");
    }

    /// <summary>The same page in each language, by its own name.</summary>
    static Html Switch(PageRequest request)
    {
        var html = new Html();
        html.Append($"""<nav class="languages" aria-label="{request.Words["frame.languages"]}"><ul>""");
        foreach (var language in LanguageCatalogue.All)
        {
            var current = language == request.Words.Language ? new Html().Append($" aria-current=\"true\"") : null;
            html.Append($"<li>")
                .Append($"""<a href="{request.In(language)}" hreflang="{language.Code}" lang="{language.Code}"{current}>{language.Name}""")
                .Append($"</a></li>");
        }
        return html.Append($"</ul></nav>");
    }

    static Html Footer(PageRequest request)
    {
        var (words, options) = (request.Words, request.Options);
        var html = new Html();
        // Pages show estimates.
        var licence = DatasetLicence.Find(options.LicenceOf(DatasetInfo.Estimates));
        html.Append($"<footer><p>{words.Markup("frame.licence", ("licence", licence.Id), ("address", licence.Address))} ");
        html.Append(options.SourceCode is { } source
            ? words.Markup("frame.source", ("address", source.AbsoluteUri))
            : words.Markup("frame.askForSource"));
        var hours = words.Local(request.Now).Offset;
        var sign = hours < TimeSpan.Zero ? "−" : "+";
        html.Append($" ")
            .Append($"{words.Text(
                "frame.zone", ("zone", words.Zone.Id), ("offset", sign + hours.ToString("h\\:mm", words.Language.Culture)))}")
            .Append($" ");
        var elsewhere = options.MapTiles is null
            ? words["frame.nothingFromElsewhere"]
            : words.Text("frame.tiles", ("host", options.MapTileSource));
        return html.Append($"{elsewhere}</p></footer>");
    }
}
