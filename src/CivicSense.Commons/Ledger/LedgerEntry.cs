using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CivicSense.Commons;

/// <summary>What a ledger entry records.</summary>
public enum LedgerEntryKind
{
    /// <summary>A release plan was fixed.</summary>
    Plan,

    /// <summary>One window's measurements were released.</summary>
    Window,

    /// <summary>A day's activity was released, which closes the day.</summary>
    Activity,

    /// <summary>The database was found older than its fence: the day at hand is given up and nothing of it released again.</summary>
    Restored,
}

/// <summary>One entry of the privacy ledger: append-only, each entry's hash covering the one before.</summary>
/// <remarks>
/// The hash is the SHA-256 of <see cref="Document"/>'s UTF-8 bytes, and the document contains the previous entry's hash. So anybody can
/// check an entry with <c>sha256sum</c>, and changing one entry changes all that follow.
/// </remarks>
public sealed record LedgerEntry
{
    /// <summary>The previous hash of the first entry.</summary>
    public const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";

    const string Absent = "absentIngestProcesses";

    LedgerEntry(LedgerRecord content, string previousHash, string document)
    {
        Content = content;
        PreviousHash = previousHash;
        Document = document;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));
    }

    /// <summary>What is recorded.</summary>
    public LedgerRecord Content { get; }

    /// <summary>The hash of the entry before, or <see cref="Genesis"/>.</summary>
    public string PreviousHash { get; }

    /// <summary>The entry as it is hashed: compact JSON with members in a fixed order.</summary>
    public string Document { get; }

    /// <summary>SHA-256 of <see cref="Document"/>, lower-case hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>Makes the entry that follows the one with <paramref name="previousHash"/>.</summary>
    public static LedgerEntry Create(LedgerRecord content, string previousHash)
    {
        ArgumentNullException.ThrowIfNull(content);
        return new LedgerEntry(content, previousHash, Write(content, previousHash));
    }

    /// <summary>Reads an entry back from its document. The hash is computed, not believed.</summary>
    /// <exception cref="FormatException"><paramref name="document"/> is not a ledger entry as <see cref="Document"/> has it.</exception>
    public static LedgerEntry Read(string document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            var root = json.RootElement;
            var content = new LedgerRecord(
                root.GetProperty("sequence").GetInt64(),
                Enum.Parse<LedgerEntryKind>(root.GetProperty("kind").GetString()!, ignoreCase: true),
                DateTimeOffset.Parse(root.GetProperty("recorded").GetString()!, CultureInfo.InvariantCulture),
                PrivacyDay.Parse(root.GetProperty("day").GetString()!),
                root.GetProperty("window").GetString() is { } window
                    ? HourWindow.Containing(DateTimeOffset.Parse(window, CultureInfo.InvariantCulture))
                    : null,
                root.GetProperty("plan").GetString()!,
                root.GetProperty("keys").GetInt32(),
                root.GetProperty("values").GetString()!,
                root.GetProperty("rho").GetDecimal(),
                root.TryGetProperty(Absent, out var absent) ? absent.GetInt32() : 0);
            var entry = Create(content, root.GetProperty("previous").GetString()!);
            // Exactly one text stands for an entry, so whatever else the text may say is not overlooked.
            return entry.Document == document && Enum.IsDefined(content.Kind)
                ? entry
                : throw new FormatException("The entry is not in its one written form.");
        }
        catch (Exception exception) when (
            exception is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new FormatException("This is not a ledger entry of this version.", exception);
        }
    }

    static string Write(LedgerRecord content, string previousHash)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.Default }))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", content.Sequence);
            json.WriteString("kind", content.Kind.ToString().ToLowerInvariant());
            json.WriteString("recorded", content.Recorded.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteString("day", content.Day.ToString());
            if (content.Window is { } window) json.WriteString("window", window.ToString());
            else json.WriteNull("window");
            json.WriteString("plan", content.PlanHash);
            json.WriteNumber("keys", content.Keys);
            json.WriteString("values", content.ValuesHash);
            json.WriteNumber("rho", content.Rho);
            // Left out where it is 0, so that entries from before there was such a member keep their one written form.
            if (content.AbsentIngestProcesses > 0) json.WriteNumber(Absent, content.AbsentIngestProcesses);
            json.WriteString("previous", previousHash);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

/// <summary>What one ledger entry says.</summary>
/// <param name="Sequence">1 for the first entry, then one more each.</param>
/// <param name="Kind">What was recorded.</param>
/// <param name="Recorded">When, by the node's clock, to the second; of a window and of a day's activity, when the release was due.</param>
/// <param name="Day">The privacy day.</param>
/// <param name="Window">The window released; null for other kinds.</param>
/// <param name="PlanHash">The hash of the day's plan.</param>
/// <param name="Keys">How many noisy values were released.</param>
/// <param name="ValuesHash">The hash of those values (<see cref="ValuesHash"/>); of nothing where there are none.</param>
/// <param name="Rho">
/// The zCDP cost for one owner of the whole <em>day</em> that the entry belongs to. All entries of a day share one cost: it is not added up
/// within the day.
/// </param>
/// <param name="AbsentIngestProcesses">
/// Of a window: how many of the processes that take readings had been silent for so long that it was released without what they had not
/// stored yet. 0 where all had answered, and for other kinds. It says nothing about readings or households.
/// </param>
public sealed record LedgerRecord(
    long Sequence, LedgerEntryKind Kind, DateTimeOffset Recorded, PrivacyDay Day, HourWindow? Window,
    string PlanHash, int Keys, string ValuesHash, decimal Rho, int AbsentIngestProcesses = 0);
