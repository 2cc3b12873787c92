using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary>Writes a page of estimates as JSON: the same bytes as the serializer writes for their rows, without making the rows.</summary>
/// <remarks>
/// A month by hour is 720 rows of 270 bytes. Two thirds of a row are the same in the whole series, so that they are encoded once; times and
/// numbers are written where they belong.
/// </remarks>
static class EstimateDocument
{
    const int TypicalRow = 288;
    const int LongestRow = 640;
    const int Frame = 512;

    /// <summary>Writes a page.</summary>
    /// <param name="estimates">The rows.</param>
    /// <param name="next">The address of the next page; null on the last.</param>
    /// <param name="licence">The licence of the data.</param>
    /// <param name="options">Has the display limits.</param>
    /// <exception cref="ArgumentException">A number is not finite, which JSON cannot say.</exception>
    public static ReadOnlyMemory<byte> Write(ReadOnlySpan<Estimate> estimates, string? next, string licence, OpenDataOptions options)
    {
        var page = new ArrayBufferWriter<byte>(Frame + estimates.Length * TypicalRow);
        page.Write("{\"items\":["u8);
        Estimate? before = null;
        byte[] series = [];
        foreach (var estimate in estimates)
        {
            if (before is not null)
                page.Write(","u8);
            if (before is null || !IsOneSeries(before, estimate))
                series = EncodeSeries(estimate);
            WriteRow(page, estimate, series, options.IsTooUncertain(estimate));
            before = estimate;
        }
        page.Write("],\"next\":"u8);
        page.Write(Encode(next));
        page.Write(",\"licence\":"u8);
        page.Write(Encode(licence));
        page.Write("}"u8);
        return page.WrittenMemory;
    }

    static bool IsOneSeries(Estimate one, Estimate other) =>
        one.Area == other.Area && one.Quantity == other.Quantity && one.Resolution == other.Resolution;

    static byte[] EncodeSeries(Estimate estimate) => Encoding.UTF8.GetBytes(
        $"\",\"area\":\"{AreaKey.Write(estimate.Area)}\",\"quantity\":\"{estimate.Quantity.Id}\","
        + $"\"resolution\":\"{ResolutionName.Write(estimate.Resolution)}\",\"unit\":\"{JsonEncodedText.Encode(estimate.Quantity.Unit, PublicJson.Options.Encoder)}\"");

    static byte[] Encode(string? text) => JsonSerializer.SerializeToUtf8Bytes(text, PublicJson.Options);

    static void WriteRow(ArrayBufferWriter<byte> page, Estimate estimate, ReadOnlySpan<byte> series, bool isTooUncertain)
    {
        var row = new Text(page.GetSpan(LongestRow));
        row.Append("{\"start\":\""u8);
        row.Append(estimate.Start);
        row.Append("\",\"end\":\""u8);
        row.Append(estimate.End);
        row.Append(series);
        row.Append(",\"value\":"u8);
        row.Append(estimate.Value);
        row.Append(",\"standardError\":"u8);
        row.Append(estimate.StandardError);
        row.Append(",\"lower\":"u8);
        row.Append(estimate.Lower);
        row.Append(",\"upper\":"u8);
        row.Append(estimate.Upper);
        row.Append(estimate.Status == EstimateStatus.Final ? ",\"status\":\"final\",\"tooUncertain\":"u8 : ",\"status\":\"live\",\"tooUncertain\":"u8);
        row.Append(isTooUncertain ? "true}"u8 : "false}"u8);
        page.Advance(row.Length);
    }

    /// <summary>A row while it is written.</summary>
    ref struct Text(Span<byte> room)
    {
        readonly Span<byte> room = room;

        public int Length { get; private set; }

        public void Append(ReadOnlySpan<byte> utf8)
        {
            utf8.CopyTo(room[Length..]);
            Length += utf8.Length;
        }

        public void Append(double number) => Length += RowNumber.WriteRounded(room[Length..], number);

        /// <remarks>Instants are whole seconds but for those of tests; only the sortable form is formatted without a pattern.</remarks>
        public void Append(DateTimeOffset instant)
        {
            var isWhole = instant.Ticks % TimeSpan.TicksPerSecond == 0;
            instant.UtcDateTime.TryFormat(room[Length..], out var written, isWhole ? "s" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
            Length += written;
            Append("Z"u8);
        }
    }
}
