using System.Text;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Release;

/// <summary>A state of the ledger that the fence knows of.</summary>
/// <param name="Sequence">The ledger's length.</param>
/// <param name="Head">The hash of its newest entry.</param>
/// <param name="ReleasedDay">The privacy day of the newest window that had been released; null before the first.</param>
/// <param name="ReleasedThrough">The newest window that had been released; null before the first.</param>
/// <param name="DayEnd">The last window of <paramref name="ReleasedDay"/>, as its plan fixed it; null before the first.</param>
sealed record FencePoint(long Sequence, string Head, PrivacyDay? ReleasedDay, HourWindow? ReleasedThrough, HourWindow? DayEnd);

/// <summary>A state that is about to be committed.</summary>
/// <param name="Point">The state.</param>
/// <param name="PreviousHead">The ledger head that it follows.</param>
/// <param name="Release">What is being released; null for entries that release nothing, such as a plan.</param>
sealed record FencePreparation(FencePoint Point, string PreviousHead, PreparedRelease? Release);

/// <summary>What the fence file holds.</summary>
/// <param name="Published">The newest state that may have been seen by the public.</param>
/// <param name="Prepared">A state that is being committed, or null.</param>
/// <param name="GivenUp">The giving up of a day that is being committed, or null. Until it is, the rest says what is known.</param>
sealed record FenceRecord(FencePoint? Published, FencePreparation? Prepared, FencePreparation? GivenUp = null)
{
    /// <summary>Whether something was being committed when this was written.</summary>
    public bool IsUnsettled => (Prepared ?? GivenUp) is not null;

    public string Write()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WritePropertyName("published");
            Write(json, Published);
            json.WritePropertyName("prepared");
            Write(json, Prepared);
            if (GivenUp is not null)
            {
                json.WritePropertyName("givenUp");
                Write(json, GivenUp);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <exception cref="FormatException">The text is no fence record.</exception>
    public static FenceRecord Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return new FenceRecord(
                ReadPoint(root.GetProperty("published")),
                ReadPreparation(root.GetProperty("prepared")),
                root.TryGetProperty("givenUp", out var givenUp) ? ReadPreparation(givenUp) : null);
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
                or IndexOutOfRangeException or NullReferenceException or OverflowException)
        {
            throw new FormatException("The fence file cannot be read.", exception);
        }
    }

    static void Write(Utf8JsonWriter json, FencePreparation? preparation)
    {
        if (preparation is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WritePropertyName("point");
        Write(json, preparation.Point);
        json.WriteString("previousHead", preparation.PreviousHead);
        json.WritePropertyName("release");
        if (preparation.Release is null) json.WriteNullValue();
        else preparation.Release.Write(json);
        json.WriteEndObject();
    }

    static FencePreparation? ReadPreparation(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : new FencePreparation(
        ReadPoint(json.GetProperty("point"))!,
        json.GetProperty("previousHead").GetString()!,
        json.GetProperty("release") is { ValueKind: not JsonValueKind.Null } release ? PreparedRelease.Read(release) : null);

    static void Write(Utf8JsonWriter json, FencePoint? point)
    {
        if (point is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartObject();
        json.WriteNumber("sequence", point.Sequence);
        json.WriteString("head", point.Head);
        json.WriteString("releasedDay", point.ReleasedDay?.ToString());
        WriteWindow(json, "releasedThrough", point.ReleasedThrough);
        WriteWindow(json, "dayEnd", point.DayEnd);
        json.WriteEndObject();
    }

    static FencePoint? ReadPoint(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : new FencePoint(
        json.GetProperty("sequence").GetInt64(),
        json.GetProperty("head").GetString() ?? throw new FormatException("A fence point has no head."),
        json.GetProperty("releasedDay").GetString() is { } day ? PrivacyDay.Parse(day) : null,
        ReadWindow(json.GetProperty("releasedThrough")),
        ReadWindow(json.GetProperty("dayEnd")));

    static void WriteWindow(Utf8JsonWriter json, string name, HourWindow? window)
    {
        if (window is { } known) json.WriteNumber(name, known.Index);
        else json.WriteNull(name);
    }

    static HourWindow? ReadWindow(JsonElement json) => json.ValueKind == JsonValueKind.Null ? null : new HourWindow(json.GetInt64());
}
