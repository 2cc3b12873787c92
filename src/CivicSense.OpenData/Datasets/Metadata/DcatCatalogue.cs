using System.Globalization;

namespace CivicSense.OpenData;

/// <summary><c>/datasets/dcat.jsonld</c> and <c>/datasets/dcat.ttl</c>: the files as a catalogue in DCAT-AP 3.0.1.</summary>
/// <remarks>
/// A data set is a series; its members are one month of one quantity each, whose distributions are the same rows in several formats. The
/// types of terms from outside are stated too, because the profile's checks ask for them. Titles, descriptions and keywords are there in
/// every language of the pages.
/// </remarks>
static class DcatCatalogue
{
    const string Authority = "http://publications.europa.eu/resource/authority/";
    const string MediaTypes = "http://www.iana.org/assignments/media-types/";
    const string Environment = Authority + "data-theme/ENVI";
    const string Monthly = Authority + "frequency/MONTHLY";

    /// <summary>The last parts of the keys of the keywords.</summary>
    public static readonly string[] Keywords = ["airQuality", "noise", "citizenScience", "differentialPrivacy"];

    static readonly Dictionary<string, string> Prefixes = new()
    {
        ["dcat"] = "http://www.w3.org/ns/dcat#",
        ["dct"] = "http://purl.org/dc/terms/",
        ["foaf"] = "http://xmlns.com/foaf/0.1/",
        ["geosparql"] = "http://www.opengis.net/ont/geosparql#",
        ["rdf"] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        ["skos"] = "http://www.w3.org/2004/02/skos/core#",
        ["spdx"] = "http://spdx.org/rdf/terms#",
        ["xsd"] = "http://www.w3.org/2001/XMLSchema#",
    };

    public static RdfGraph Build(DatasetContext context)
    {
        var graph = new RdfGraph(Prefixes);
        var catalogue = context.Origin + "/datasets#catalogue";
        var publisher = context.Origin + "/#publisher";
        var page = context.Origin + "/datasets";
        graph.AddType(catalogue, "dcat:Catalog");
        Say(graph, catalogue, "dct:title", words => words.Text("offline.title", ("name", context.Options.NeighbourhoodName)), context);
        Say(graph, catalogue, "dct:description", words => words["datasets.catalogue.description"], context);
        graph.Add(catalogue, "dct:publisher", RdfTerm.Reference(publisher));
        graph.Add(catalogue, "foaf:homepage", RdfTerm.Reference(page));
        graph.AddType(page, "foaf:Document");
        graph.AddType(publisher, "foaf:Agent");
        graph.Add(publisher, "foaf:name", RdfTerm.Text(context.Options.NeighbourhoodName));
        if (context.Modified is { } modified)
            graph.Add(catalogue, "dct:modified", Instant(modified));

        graph.AddType(Environment, "skos:Concept");
        Say(graph, Environment, "skos:prefLabel", words => words["datasets.catalogue.theme"], context);
        graph.AddType(Monthly, "dct:Frequency");
        foreach (var dataset in DatasetInfo.All)
            AddSeries(graph, context, dataset, publisher);
        foreach (var group in context.Files.GroupBy(file => (file.Dataset, file.Entry.Resolution, file.Entry.Quantity, file.Month)))
        {
            var member = AddMember(graph, context, [.. group], publisher);
            graph.Add(catalogue, "dcat:dataset", RdfTerm.Reference(member));
        }
        return graph;
    }

    static string SeriesOf(DatasetContext context, DatasetInfo dataset) => $"{context.Origin}/datasets#{dataset.Id}";

    static void AddSeries(RdfGraph graph, DatasetContext context, DatasetInfo dataset, string publisher)
    {
        var series = SeriesOf(context, dataset);
        graph.AddType(series, "dcat:DatasetSeries");
        Say(graph, series, "dct:title", words => dataset.TitleIn(words.Language), context);
        Say(graph, series, "dct:description", words => dataset.Describe(words.Language), context);
        graph.Add(series, "dct:publisher", RdfTerm.Reference(publisher));
        graph.Add(series, "dct:accrualPeriodicity", RdfTerm.Reference(Monthly));
        AddLocation(graph, context, series);
    }

    static string AddMember(RdfGraph graph, DatasetContext context, IReadOnlyList<DatasetFile> files, string publisher)
    {
        var file = files[0];
        var page = context.Origin + "/datasets";
        var name = string.Join(
            '-', new[] { file.Dataset.Id, file.Entry.Resolution, file.Entry.Quantity, file.Month.Month }.Where(part => part is not null));
        var member = $"{page}#{name}";
        graph.AddType(member, "dcat:Dataset");
        Say(graph, member, "dct:title", words => Title(file, words), context);
        Say(graph, member, "dct:description", words => file.Dataset.Describe(words.Language), context);
        graph.Add(member, "dct:identifier", RdfTerm.Text(name));
        graph.Add(member, "dct:publisher", RdfTerm.Reference(publisher));
        graph.Add(member, "dct:issued", Instant(file.Month.Written));
        graph.Add(member, "dcat:theme", RdfTerm.Reference(Environment));
        graph.Add(member, "dcat:keyword", RdfTerm.Text(file.Entry.Quantity));
        foreach (var keyword in Keywords)
            Say(graph, member, "dcat:keyword", words => words[$"datasets.catalogue.keyword.{keyword}"], context);
        graph.Add(member, "dcat:landingPage", RdfTerm.Reference(page));
        graph.Add(member, "dcat:inSeries", RdfTerm.Reference(SeriesOf(context, file.Dataset)));
        graph.Add(member, "dcat:temporalResolution", RdfTerm.Typed(file.Entry.Resolution == "day" ? "P1D" : "PT1H", "xsd:duration"));
        AddPeriod(graph, member, context.TimeOf(file), name);
        AddLocation(graph, context, member);
        foreach (var part in files)
            graph.Add(member, "dcat:distribution",
                RdfTerm.Reference(AddDistribution(graph, context, part, $"{member}-{part.Entry.Format}")));
        return member;
    }

    static string AddDistribution(RdfGraph graph, DatasetContext context, DatasetFile file, string distribution)
    {
        var address = context.Root + file.Address;
        var licence = context.LicenceOf(file.Dataset);
        graph.AddType(distribution, "dcat:Distribution");
        Say(graph, distribution, "dct:title", words => $"{Title(file, words)}, {file.Entry.Format}", context);
        graph.Add(distribution, "dcat:accessURL", RdfTerm.Reference(address));
        graph.Add(distribution, "dcat:downloadURL", RdfTerm.Reference(address));
        graph.Add(distribution, "dcat:byteSize",
            RdfTerm.Typed(file.Entry.Bytes.ToString(CultureInfo.InvariantCulture), "xsd:nonNegativeInteger"));
        AddTyped(graph, distribution, "dcat:mediaType", MediaTypes + file.Format.MediaType, "dct:MediaType");
        AddTyped(graph, distribution, "dct:format", $"{Authority}file-type/{file.Entry.Format.ToUpperInvariant()}",
            "dct:MediaTypeOrExtent");
        if (file.Format.IsCompressed)
            AddTyped(graph, distribution, "dcat:compressFormat", MediaTypes + file.Format.ServedAs, "dct:MediaType");
        AddTyped(graph, distribution, "dct:license", licence.Address, "dct:LicenseDocument");
        graph.Add(distribution, "dct:issued", Instant(file.Month.Written));

        var checksum = distribution + "-sha256";
        AddTyped(graph, distribution, "spdx:checksum", checksum, "spdx:Checksum");
        graph.Add(checksum, "spdx:algorithm", RdfTerm.Name("spdx:checksumAlgorithm_sha256"));
        graph.Add(checksum, "spdx:checksumValue", RdfTerm.Typed(file.Entry.Sha256, "xsd:hexBinary"));
        return distribution;
    }

    static void AddTyped(RdfGraph graph, string subject, string predicate, string address, string type)
    {
        graph.Add(subject, predicate, RdfTerm.Reference(address));
        graph.AddType(address, type);
    }

    static void AddPeriod(RdfGraph graph, string subject, (DateTimeOffset From, DateTimeOffset Until) time, string name)
    {
        var period = "_:period-" + name;
        graph.Add(subject, "dct:temporal", RdfTerm.Reference(period));
        graph.AddType(period, "dct:PeriodOfTime");
        graph.Add(period, "dcat:startDate", Instant(time.From.UtcDateTime));
        graph.Add(period, "dcat:endDate", Instant(time.Until.UtcDateTime));
    }

    static void AddLocation(RdfGraph graph, DatasetContext context, string subject)
    {
        if (context.Bounds is not { } bounds)
            return;
        var location = context.Origin + "/#neighbourhood";
        AddTyped(graph, subject, "dct:spatial", location, "dct:Location");
        graph.Add(location, "dcat:bbox", RdfTerm.Typed(string.Create(CultureInfo.InvariantCulture,
            $"POLYGON(({bounds.West} {bounds.South},{bounds.East} {bounds.South},{bounds.East} {bounds.North},"
            + $"{bounds.West} {bounds.North},{bounds.West} {bounds.South}))"),
            "geosparql:wktLiteral"));
    }

    static string Title(DatasetFile file, Words words) => words.Text(
        "datasets.catalogue.file", ("title", file.Dataset.TitleIn(words.Language)), ("what", file.Describe(words)),
        ("month", file.Month.Month));

    /// <summary>Says something in every language that the pages have.</summary>
    static void Say(RdfGraph graph, string subject, string predicate, Func<Words, string> text, DatasetContext context)
    {
        foreach (var words in context.Languages)
            graph.Add(subject, predicate, RdfTerm.In(words.Language, text(words)));
    }

    static RdfTerm Instant(DateTime instant) => RdfTerm.Typed(TimeText.Write(new DateTimeOffset(instant, TimeSpan.Zero)), "xsd:dateTime");
}
