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
    /// <summary>A row with the longest area, names and numbers has less than 400 bytes.</summary>
    const int LongestRow = 512;

    /// <summary>What stands around the rows beside the two texts.</summary>
    const int Frame = 64;

    /// <summary>Writes a page.</summary>
    /// <param name="estimates">The rows.</param>
    /// <param name="next">The address of the next page; null on the last.</param>
    /// <param name="licence">The licence of the data.</param>
    /// <param name="options">Has the display limits.</param>
    /// <returns>The page in an array of <see cref="ArrayPool{T}.Shared"/>: a new one of this size for each request would have to be
    /// collected.</returns>
    /// <exception cref="ArgumentException">A number is not finite, which JSON cannot say.</exception>
    public static ArraySegment<byte> Write(ReadOnlySpan<Estimate> estimates, string? next, string licence, OpenDataOptions options)
    {
        var (nextText, licenceText) = (Encode(next), Encode(licence));
        var rented = ArrayPool<byte>.Shared.Rent(Frame + nextText.Length + licenceText.Length + estimates.Length * LongestRow);
        var page = new Text(rented);
        page.Append("{\"items\":["u8);
        Estimate? before = null;
        byte[] series = [];
        foreach (var estimate in estimates)
        {
            if (before is not null)
                page.Append(","u8);
            if (before is null || !IsOneSeries(before, estimate))
                series = EncodeSeries(estimate);
            AppendRow(ref page, estimate, series, options.IsTooUncertain(estimate));
            before = estimate;
        }
        page.Append("],\"next\":"u8);
        page.Append(nextText);
        page.Append(",\"licence\":"u8);
        page.Append(licenceText);
        page.Append("}"u8);
        return new ArraySegment<byte>(rented, 0, page.Length);
    }

    static bool IsOneSeries(Estimate one, Estimate other) =>
        one.Area == other.Area && one.Quantity == other.Quantity && one.Resolution == other.Resolution;

    static byte[] EncodeSeries(Estimate estimate) => Encoding.UTF8.GetBytes(
        $"\",\"area\":\"{AreaKey.Write(estimate.Area)}\",\"quantity\":\"{estimate.Quantity.Id}\","
        + $"\"resolution\":\"{ResolutionName.Write(estimate.Resolution)}\","
        + $"\"unit\":\"{JsonEncodedText.Encode(estimate.Quantity.Unit, PublicJson.Options.Encoder)}\"");

    static byte[] Encode(string? text) => JsonSerializer.SerializeToUtf8Bytes(text, PublicJson.Options);

    static void AppendRow(ref Text page, Estimate estimate, ReadOnlySpan<byte> series, bool isTooUncertain)
    {
        page.Append("{\"start\":\""u8);
        page.Append(estimate.Start);
        page.Append("\",\"end\":\""u8);
        page.Append(estimate.End);
        page.Append(series);
        page.Append(",\"value\":"u8);
        page.Append(estimate.Value);
        page.Append(",\"standardError\":"u8);
        page.Append(estimate.StandardError);
        page.Append(",\"lower\":"u8);
        page.Append(estimate.Lower);
        page.Append(",\"upper\":"u8);
        page.Append(estimate.Upper);
        page.Append(estimate.Status == EstimateStatus.Final
            ? ",\"status\":\"final\",\"tooUncertain\":"u8
            : ",\"status\":\"live\",\"tooUncertain\":"u8);
        page.Append(isTooUncertain ? "true}"u8 : "false}"u8);
    }

    /// <summary>A page while it is written.</summary>
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
            instant.UtcDateTime.TryFormat(
                room[Length..], out var written, isWhole ? "s" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
            Length += written;
            Append("Z"u8);
        }
    }
}
