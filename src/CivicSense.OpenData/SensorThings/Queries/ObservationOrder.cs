using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>The orders in which Observations can be read without sorting.</summary>
enum ObservationOrder
{
    /// <summary>By Datastream, then by time.</summary>
    ById,

    /// <summary>The earliest first; of those that start together, the shortest.</summary>
    Earliest,

    /// <summary>The newest first; of those that start together, the longest.</summary>
    Newest,
}

/// <summary>Where a page of Observations ended.</summary>
/// <param name="Stream">The Datastream of the last one.</param>
/// <param name="Start">Its start.</param>
sealed record ObservationPosition(string Stream, DateTimeOffset Start)
{
    /// <summary>That of the Datastream: its id ends with it.</summary>
    public Resolution Resolution => ResolutionOf(Stream)!.Value;

    public string Write() => Cursor.Write(Stream, Start.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    /// <exception cref="ProblemException">400: it is not what <see cref="Write"/> writes.</exception>
    public static ObservationPosition? Read(string? token)
    {
        if (token is null) return null;
        try
        {
            if (Cursor.Read(token, 2) is [var stream, var start] && ResolutionOf(stream) is not null)
                return new ObservationPosition(stream, Cursor.ReadInstant(start));
        }
        catch (ProblemException)
        {
            // The cursor's own words would name another parameter.
        }
        throw ProblemException.BadParameter("$skiptoken", "This does not belong to this list. Follow @iot.nextLink unchanged.");
    }

    static Resolution? ResolutionOf(string stream)
    {
        var name = stream[(stream.LastIndexOf('-') + 1)..];
        return ResolutionName.All.Contains(name) ? ResolutionName.Read(name) : null;
    }
}
