using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>The orders in which Observations can be read without sorting.</summary>
enum ObservationOrder
{
    /// <summary>By Datastream, then by time.</summary>
    ById,

    /// <summary>The earliest first.</summary>
    Earliest,

    /// <summary>The newest first.</summary>
    Newest,
}

/// <summary>Where a page of Observations ended.</summary>
/// <param name="Stream">The Datastream of the last one.</param>
/// <param name="Start">Its start.</param>
sealed record ObservationPosition(string Stream, DateTimeOffset Start)
{
    public string Write() => Cursor.Write(Stream, Start.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    /// <exception cref="ProblemException">400: it is not what <see cref="Write"/> writes.</exception>
    public static ObservationPosition? Read(string? token)
    {
        if (token is null) return null;
        try
        {
            return Cursor.Read(token, 2) is [var stream, var start] ? new ObservationPosition(stream, Cursor.ReadInstant(start)) : null;
        }
        catch (ProblemException)
        {
            throw ProblemException.BadParameter("$skiptoken", "This does not belong to this list. Follow @iot.nextLink unchanged.");
        }
    }
}
