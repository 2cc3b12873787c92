namespace CivicSense.FirmwareSim.Archive;

/// <summary>Goes through the lines of a day file.</summary>
ref struct DayFileReader
{
    static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    ReadOnlySpan<byte> rest;

    /// <summary>Reads the header.</summary>
    /// <param name="content">The whole file: a sensor's day is some 50 kB.</param>
    /// <param name="path">For error messages.</param>
    /// <exception cref="InvalidDataException">The header is unknown.</exception>
    public DayFileReader(ReadOnlySpan<byte> content, string path)
    {
        rest = content.StartsWith(ByteOrderMark) ? content[3..] : content;
        Columns = DayFileColumns.Parse(TryReadLine(out var header) ? header : default, path);
    }

    /// <summary>What the columns mean.</summary>
    public DayFileColumns Columns { get; }

    /// <summary>Reads the next line that is not empty, without its end.</summary>
    public bool TryReadLine(out ReadOnlySpan<byte> line)
    {
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!line.IsEmpty) return true;
        }
        line = default;
        return false;
    }
}
