using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// Finds the messages in what goes between a client and PostgreSQL (protocol 3.0: PostgreSQL's manual, "Message Formats").
/// </summary>
static class PostgresFrames
{
    /// <summary>Takes one whole message off the front. The first of a client has no type before its length.</summary>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, bool hasType, out byte[] frame)
    {
        frame = [];
        var start = hasType ? 1 : 0;
        if (buffer.Length < start + 4)
            return false;
        Span<byte> length = stackalloc byte[4];
        buffer.Slice(start, 4).CopyTo(length);
        var end = start + BinaryPrimitives.ReadInt32BigEndian(length);
        if (buffer.Length < end)
            return false;
        frame = buffer.Slice(0, end).ToArray();
        buffer = buffer.Slice(end);
        return true;
    }

    /// <summary>The text from <paramref name="at"/> to the next zero byte, and where the next begins.</summary>
    public static (string Text, int Next) Text(byte[] frame, int at)
    {
        var end = Array.IndexOf(frame, (byte)0, at);
        return (Encoding.UTF8.GetString(frame, at, end - at), end + 1);
    }
}

/// <summary>Follows what one client does, far enough to know which commit it is about to make.</summary>
sealed class CommitWatch
{
    readonly Dictionary<string, string> prepared = new(StringComparer.Ordinal);
    Commit? pending;

    /// <summary>Whether this message begins a commit of readings.</summary>
    public bool BeginsReadings(byte[] frame) =>
        frame[0] == 'B' && prepared.GetValueOrDefault(Statement(frame), "").Contains("vault.begin_commit", StringComparison.Ordinal);

    /// <summary>Whether this message asks who leads, and how far the ledger is.</summary>
    public bool LooksAtLease(byte[] frame) =>
        frame[0] == 'B' && prepared.GetValueOrDefault(Statement(frame), "").Contains("SELECT lease.holder", StringComparison.Ordinal);

    // Bind: portal, name of the statement.
    static string Statement(byte[] frame) => PostgresFrames.Text(frame, PostgresFrames.Text(frame, 5).Next).Text;

    /// <summary>The commit that this message makes; null if it makes none that matters.</summary>
    public Commit? Look(byte[] frame)
    {
        switch ((char)frame[0])
        {
            case 'P': // Parse: name, statement
                var (name, next) = PostgresFrames.Text(frame, 5);
                prepared[name] = PostgresFrames.Text(frame, next).Text;
                return null;
            case 'B':
                return Execute(prepared.GetValueOrDefault(Statement(frame), ""));
            case 'Q':
                return Execute(PostgresFrames.Text(frame, 5).Text);
            case 'S' when pending == Commit.OfReadings: // Sync ends a transaction that nobody has begun in so many words.
                pending = null;
                return Commit.OfReadings;
            default:
                return null;
        }
    }

    Commit? Execute(string statement)
    {
        if (statement.Contains("vault.begin_commit", StringComparison.Ordinal))
            pending = Commit.OfReadings;
        else if (statement.Contains("INTO commons.measurement", StringComparison.Ordinal))
            pending = Commit.OfWindow;
        else if (statement.StartsWith("COMMIT", StringComparison.Ordinal) || statement.StartsWith("ROLLBACK", StringComparison.Ordinal))
        {
            var made = statement[0] == 'C' ? pending : null;
            pending = null;
            return made;
        }
        return null;
    }
}

/// <summary>The commits on which everything depends.</summary>
enum Commit
{
    /// <summary>One of contributions, after which devices are told that their readings are stored.</summary>
    OfReadings,

    /// <summary>One of a window's release.</summary>
    OfWindow,
}

/// <summary>Where a commit is held up.</summary>
enum Held
{
    /// <summary>The server has not heard of what is to be committed, and holds no lock for it.</summary>
    BeforeItBegins,

    /// <summary>The server has not heard of it.</summary>
    BeforeItIsMade,

    /// <summary>The server has made it, and the node does not know.</summary>
    BeforeItIsKnown,
}
