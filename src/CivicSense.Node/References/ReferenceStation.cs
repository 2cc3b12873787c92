namespace CivicSense.Node.References;

/// <summary>One configured source with the document it comes from. Not safe for concurrent use.</summary>
sealed class ReferenceStation
{
    readonly IReferenceDocument document;
    readonly ReferenceCsv csv;

    public ReferenceStation(ReferenceSettings settings, IReferenceDocument document)
    {
        this.document = document;
        Settings = settings;
        csv = new ReferenceCsv(settings);
    }

    public ReferenceSettings Settings { get; }

    /// <summary>Makes the station of settings that have been checked.</summary>
    /// <param name="settings">The settings, with the path of a file resolved.</param>
    /// <param name="client">Fetches what comes over HTTP.</param>
    /// <param name="time">The clock of limits on time.</param>
    public static ReferenceStation Create(ReferenceSettings settings, HttpClient client, TimeProvider time) =>
        new(settings, settings.File is { } file ? new FileDocument(file) : new HttpDocument(settings.Url!, client, time));

    /// <summary>Everything in the source; null where nothing has changed since it was last read.</summary>
    /// <exception cref="ReferenceSourceException">It cannot be had, or nothing in it can be read.</exception>
    public async ValueTask<ReferenceReading?> ReadAsync(CancellationToken cancellationToken)
    {
        await using var stream = await document.OpenAsync(cancellationToken);
        if (stream is null)
            return null;
        try
        {
            var reading = csv.Read(stream);
            if (reading.Values.Count == 0 && reading.Refused > 0)
            {
                var first = reading.Refusals[0];
                throw new ReferenceSourceException($"Nothing in it can be used; {first.Reason}") { Quotation = first.Quotation };
            }
            return reading;
        }
        catch (Exception exception)
        {
            document.Forget();
            if (exception is IOException)
                throw new ReferenceSourceException("It cannot be read to its end.", exception);
            throw;
        }
    }
}
