using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>One request of an API resource: its parameters, checked; what it may read; and how it is answered.</summary>
sealed class ResourceRequest
{
    readonly HttpContext context;
    readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> resolved = new(StringComparer.Ordinal);

    ResourceRequest(HttpContext context, ResourceDescription description)
    {
        this.context = context;
        var services = context.RequestServices;
        Commons = services.GetRequiredService<ICommons>();
        Options = services.GetRequiredService<IOptions<OpenDataOptions>>().Value;
        Licence = description.Dataset is { } dataset ? Options.LicenceOf(dataset) : Options.Licence;
        Zone = TimeZoneInfo.FindSystemTimeZoneById(Options.TimeZone);
    }

    ResourceRequest(ResourceRequest first, IEnumerable<KeyValuePair<string, string>> values)
    {
        context = first.context;
        (Commons, Options, Licence, Zone, Format) = (first.Commons, first.Options, first.Licence, first.Zone, first.Format);
        foreach (var (name, value) in values) this.values[name] = value;
    }

    public ICommons Commons { get; }

    public OpenDataOptions Options { get; }

    /// <summary>The licence of what is asked for, an SPDX identifier.</summary>
    public string Licence { get; }

    public TimeZoneInfo Zone { get; }

    public Format Format { get; private set; }

    /// <summary>The client is gone, or the time for an answer is over (<see cref="AnswerDeadline"/>).</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Who is asking.</summary>
    public IPAddress Address => RequestPace.AddressOf(context);

    /// <summary>Checks a request against its description.</summary>
    /// <exception cref="ProblemException">A parameter is unknown, repeated, missing or not allowed, or no form is acceptable.</exception>
    public static ResourceRequest Read(HttpContext context, ResourceDescription description)
    {
        var request = new ResourceRequest(context, description);
        foreach (var (name, value) in context.Request.Query)
        {
            var parameter = description.Parameters.FirstOrDefault(known => !known.InPath && known.Name == name)
                ?? throw ProblemException.BadParameter(Shorten(name), Unknown(name, description));
            if (value.Count != 1) throw ProblemException.BadParameter(name, "This parameter may be given once only.");
            request.Take(parameter, value.ToString());
        }
        foreach (var parameter in description.Parameters)
        {
            if (parameter.InPath) request.Take(parameter, context.Request.RouteValues[parameter.Name]?.ToString() ?? "");
            else if (parameter.IsRequired && !request.values.ContainsKey(parameter.Name))
                throw ProblemException.BadParameter(parameter.Name, $"This parameter is needed: {Choices(parameter)}.");
        }
        request.Format = request.values.TryGetValue(QueryParameter.Format.Name, out var format)
            ? description.Forms.First(form => FormatNegotiation.Name(form) == format)
            : FormatNegotiation.Choose(context.Request, description.Forms);
        return request;
    }

    static string Unknown(string name, ResourceDescription description)
    {
        var known = description.QueryNames.Length == 0
            ? "This resource has no parameters."
            : $"There is no parameter {ProblemException.Quote(name)} here. There are: {description.QueryNames}.";
        return name == QueryParameter.AsOf.Name
            ? $"{known} What was published at an instant is asked for area by area: /api/v1/areas/{{quadkey}}/estimates."
            : known;
    }

    public T Service<T>() where T : notnull => context.RequestServices.GetRequiredService<T>();

    public T KeyedService<T>(string key) where T : notnull => context.RequestServices.GetRequiredKeyedService<T>(key);

    public string? Text(QueryParameter parameter) => values.GetValueOrDefault(parameter.Name);

    public Quantity? Quantity() =>
        Text(QueryParameter.OptionalQuantity) is { } id && CivicSense.Commons.Quantity.TryFind(id, out var quantity) ? quantity : null;

    public Area? Area(QueryParameter parameter)
    {
        if (Text(parameter) is not { } text) return null;
        return AreaKey.TryParse(text, out var area)
            ? area
            : throw ProblemException.BadParameter(parameter.Name,
                $"{ProblemException.Quote(text)} is not an area: at most {CivicSense.Commons.Area.MaximumZoom} digits, each 0, 1, 2 or 3. "
                    + "/api/v1/areas lists them.");
    }

    public PrivacyDay? Day(QueryParameter parameter) =>
        Text(parameter) is { } text ? new PrivacyDay(TimeText.ReadDate(parameter.Name, text)) : null;

    /// <summary>Whether the list is wanted to its end in one answer (<see cref="WholeLists"/>).</summary>
    public bool WantsAll => Text(QueryParameter.Limit) == QueryParameter.AllRows;

    /// <summary>How many rows a page may have.</summary>
    public int Limit()
    {
        if (!WantsAll) return (int)(Integer(QueryParameter.Limit, 1, OpenDataOptions.MaximumPageSize) ?? Options.PageSize);
        return Format is Format.Csv or Format.NdJson
            ? OpenDataOptions.MaximumPageSize
            : throw ProblemException.BadParameter(
                QueryParameter.Limit.Name, "All rows in one answer come as csv or ndjson only; in this form a list comes in pages.");
    }

    /// <summary>The same list from a cursor on. What was a default is what it was for the first page.</summary>
    public ResourceRequest At(string cursor) => new(this, AllValues().Append(new(QueryParameter.Cursor.Name, cursor)));

    public long? Integer(QueryParameter parameter, long minimum, long maximum)
    {
        if (Text(parameter) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw ProblemException.BadParameter(parameter.Name, string.Create(CultureInfo.InvariantCulture,
                $"{ProblemException.Quote(text)} is not a whole number from {minimum} to {maximum}."));
    }

    /// <summary>The fields of the cursor, or null where the list is read from its start.</summary>
    public string[]? Cursor(int fields) => Text(QueryParameter.Cursor) is { } text ? CivicSense.OpenData.Cursor.Read(text, fields) : null;

    /// <summary>
    /// The time asked for. Defaults end with what has been released, so that they do not move until something new is there.
    /// </summary>
    /// <param name="defaultDays">How many days before its end the time begins where no beginning is given.</param>
    /// <param name="inWholeDays">Whether it then begins with the midnight of that day, for what lasts a day or longer.</param>
    /// <param name="defaultEnd">Where it ends if no end is given; null for the end of what has been released.</param>
    public async ValueTask<(DateTimeOffset From, DateTimeOffset To)> TimeRangeAsync(
        int defaultDays = 7, bool inWholeDays = false, DateTimeOffset? defaultEnd = null)
    {
        var from = Text(QueryParameter.From) is { } first ? TimeText.ReadInstant("from", first, Zone) : (DateTimeOffset?)null;
        var to = Text(QueryParameter.To) is { } last ? TimeText.ReadInstant("to", last, Zone) : (DateTimeOffset?)null;
        if (from >= to) throw ProblemException.BadParameter("from", "'from' must be earlier than 'to'.");
        var end = to ?? defaultEnd ?? await ReleasedUntilAsync();
        var start = from ?? (inWholeDays ? TimeText.StartOfDaysBefore(end, defaultDays, Zone) : end.AddDays(-defaultDays));
        Resolve("from", TimeText.Write(start));
        Resolve("to", TimeText.Write(end));
        return (start, end);
    }

    /// <summary>The days asked for. Defaults end with what has been released.</summary>
    /// <exception cref="ProblemException">400: there is no day in them, or there are more than <paramref name="longest"/>.</exception>
    public async ValueTask<(PrivacyDay From, PrivacyDay To)> DayRangeAsync(int? longest = null)
    {
        var from = Day(QueryParameter.FromDay);
        var to = Day(QueryParameter.ToDay);
        if (from >= to) throw ProblemException.BadParameter("from", "'from' must be earlier than 'to'.");
        var end = to ?? PrivacyDay.Of(HourWindow.Containing(await ReleasedUntilAsync()), Zone).Next;
        var start = from ?? new PrivacyDay(end.Date.AddDays(-7));
        if (end.Date.DayNumber - start.Date.DayNumber > longest)
            throw ProblemException.BadParameter("from", $"At most {longest} days can be asked for at once.");
        Resolve("from", start.ToString());
        Resolve("to", end.ToString());
        return (start, end);
    }

    /// <summary>The end of the newest released window; before the first, the end of the hour at hand.</summary>
    public async ValueTask<DateTimeOffset> ReleasedUntilAsync()
    {
        var status = await Service<INodeStatus>().ReadAsync(Aborted);
        if (!status.DatabaseReachable)
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, ProblemException.DataUnavailable);
        var time = Service<TimeProvider>();
        return status.LastReleased?.End ?? HourWindow.Containing(time.GetUtcNow()).End;
    }

    /// <summary>Fixes a default, so that the next page is of the same list and the entity tag says what was asked.</summary>
    public void Resolve(string name, string value) => resolved[name] = value;

    /// <summary>Whether the client holds the answer to this request over data that <paramref name="version"/> identifies.</summary>
    public bool IsHeld(string version, out string tag)
    {
        tag = EntityTag.Of([
            version, context.Request.Path.Value ?? "", Format.ToString(), Licence, Options.NeighbourhoodName,
            Options.BaseAddress?.ToString() ?? "",
            .. AllValues().Select(pair => $"{pair.Key}={pair.Value}")]);
        return EntityTag.IsHeldBy(context.Request, tag);
    }

    /// <summary>Answers with a page of rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="nextCursor">Where the next page begins; null on the last.</param>
    /// <param name="tag">The entity tag; null to take it from the answer itself.</param>
    /// <param name="cacheControl">How long it may be kept.</param>
    /// <param name="wrap">Puts more than the rows into the JSON.</param>
    public IResult Rows<TRow>(
        IReadOnlyList<TRow> rows, string? nextCursor, string? tag = null, string cacheControl = PublicResult.Live,
        Func<IReadOnlyList<TRow>, string?, RowPage<TRow>>? wrap = null)
    {
        wrap ??= (items, address) => new RowPage<TRow> { Items = items, Next = address, Licence = Licence };
        return Page(
            next => Format switch
            {
                Format.Csv => Csv<TRow>.Write(rows),
                Format.NdJson => NdJson.Write(rows),
                Format.GeoJson => GeoJson.Write(rows, next, Licence),
                _ => Serialize(wrap(rows, next)),
            },
            nextCursor, tag, cacheControl);
    }

    /// <summary>Answers with a page that is written already.</summary>
    /// <param name="write">Writes it in the form that was asked for; is given the address of the next page, null on the last.</param>
    /// <param name="nextCursor">Where the next page begins; null on the last.</param>
    /// <param name="tag">The entity tag; null to take it from the answer itself.</param>
    /// <param name="cacheControl">How long it may be kept.</param>
    /// <param name="isRented">Whether it is written into an array of the shared pool.</param>
    public IResult Page(
        Func<string?, ReadOnlyMemory<byte>> write, string? nextCursor, string? tag, string cacheControl, bool isRented = false)
    {
        var next = nextCursor is null ? null : NextAddress(nextCursor);
        var body = write(next);
        return new PublicResult(body, FormatNegotiation.ContentType(Format), tag ?? EntityTag.Of(body.Span), cacheControl)
        {
            Link = next is null ? null : $"<{next}>; rel=\"next\"",
            NextCursor = nextCursor,
            VariesByAccept = true, IsRented = isRented,
        };
    }

    /// <summary>Answers with one JSON document.</summary>
    public static IResult Document(object document, string? tag = null, bool variesByAccept = false)
    {
        var body = Serialize(document);
        return new PublicResult(body, FormatNegotiation.ContentType(Format.Json), tag ?? EntityTag.Of(body),
            PublicResult.Live) { VariesByAccept = variesByAccept };
    }

    /// <summary>Answers 304: the client holds the answer with this tag.</summary>
    public IResult NotModified(string tag) =>
        new PublicResult(default, FormatNegotiation.ContentType(Format), tag, PublicResult.Live)
        {
            StatusCode = StatusCodes.Status304NotModified, VariesByAccept = true,
        };

    static byte[] Serialize(object document) => JsonSerializer.SerializeToUtf8Bytes(document, document.GetType(), PublicJson.Options);

    IEnumerable<KeyValuePair<string, string>> AllValues() =>
        values.Where(pair => !resolved.ContainsKey(pair.Key)).Concat(resolved).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    string NextAddress(string cursor)
    {
        var query = AllValues().Where(pair => pair.Key != QueryParameter.Cursor.Name && !context.Request.RouteValues.ContainsKey(pair.Key))
            .Append(new("cursor", cursor))
            .Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}");
        var relative = $"{context.Request.PathBase}{context.Request.Path}?{string.Join('&', query)}";
        return Options.BaseAddress is { } address ? new Uri(address, relative.TrimStart('/')).AbsoluteUri : relative;
    }

    void Take(QueryParameter parameter, string value)
    {
        if (parameter.Allowed.Count > 0 && !parameter.Allowed.Contains(value, StringComparer.Ordinal))
            throw ProblemException.BadParameter(
                parameter.Name, $"{ProblemException.Quote(value)} is not allowed here: {Choices(parameter)}.");
        values[parameter.Name] = value;
    }

    static string Choices(QueryParameter parameter) =>
        parameter.Allowed.Count > 0 ? "it is one of " + string.Join(", ", parameter.Allowed) : parameter.Description;

    static string Shorten(string name) => name.Length <= 60 ? name : name[..60];
}
