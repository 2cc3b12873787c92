using System.Globalization;
using System.Text;
using CivicSense.Commons;
using CivicSense.Node.References;

namespace CivicSense.Node.Tests.References;

public sealed class ReferenceCsvTests
{
    static readonly ReferenceFormat Plain = new();

    [Fact]
    public void File_of_a_british_network_is_read_by_the_end_of_its_hours()
    {
        // The first lines of a station of the city of Aberdeen.
        var reading = Read(
            "DateTime;Ozone;Nitrogen Dioxide;PM10;PM2.5\n2019-04-01 00:00:00;70;6;11;3\n2019-04-01 01:00:00;73;;12;5\n",
            new ReferenceFormat { Separator = ";", Hour = HourMark.Ending },
            ("PM2.5", "pm2_5"), ("Nitrogen Dioxide", "no2"));

        Assert.Equal(
            [
                new(Quantity.Pm25, Hour("2019-03-31T23:00Z"), 3), new(Quantity.No2, Hour("2019-03-31T23:00Z"), 6),
                new StationValue(Quantity.Pm25, Hour("2019-04-01T00:00Z"), 5),
            ],
            reading.Values);
        Assert.Equal(0, reading.Refused);
    }

    [Theory]
    [InlineData("Beginning", "2026-06-01T13:00Z")]
    [InlineData("Ending", "2026-06-01T12:00Z")]
    public void Stamp_is_the_end_of_the_hour_that_the_format_says(string mark, string window) => Assert.Equal(
        [Hour(window)], Windows("time,pm\n2026-06-01T13:00:00Z,5\n", Plain with { Hour = Enum.Parse<HourMark>(mark) }));

    [Theory]
    [InlineData("2026-06-01 13:00")]
    [InlineData("2026-06-01 13:00:00")]
    [InlineData("2026-06-01T13:00")]
    [InlineData("2026-06-01T13:00:00.000Z")]
    [InlineData("2026-06-01T15:00:00+02:00")]
    [InlineData("2026-06-01T15:00+02:00")]
    public void Iso_times_need_no_setting_and_an_offset_counts(string time) =>
        Assert.Equal([Hour("2026-06-01T13:00Z")], Windows($"time,pm\n{time},5\n", Plain));

    [Fact]
    public void An_offset_in_the_time_counts_more_than_the_time_zone() => Assert.Equal(
        [Hour("2026-06-01T13:00Z"), Hour("2026-06-01T11:00Z")],
        Windows("time,pm\n2026-06-01T13:00Z,5\n2026-06-01T13:00,5\n", Plain with { TimeZone = "Europe/Amsterdam" }));

    [Fact]
    public void Date_and_time_may_stand_in_two_columns_and_midnight_may_be_24_o_clock() => Assert.Equal(
        [Hour("2026-12-31T22:00Z"), Hour("2026-12-31T23:00Z")],
        Windows(
            "Date,pm,Time\n31/12/2026,5,23:00\n31/12/2026,6,24:00\n",
            Plain with { TimeColumns = ["Date", "Time"], TimeFormat = "dd/MM/yyyy HH:mm", Hour = HourMark.Ending }));

    [Theory]
    [InlineData(',', ".")]
    [InlineData(';', ",")]
    [InlineData('\t', ",")]
    public void Separator_is_found_out_and_the_decimal_may_be_a_comma(char separator, string decimalPoint)
    {
        var text = $"time{separator}pm\r\n2026-06-01T13:00Z{separator}1{decimalPoint}5\r\n2026-06-01T14:00Z{separator}2{decimalPoint}5\r\n";
        Assert.Equal([1.5, 2.5], Values(text, Plain with { Decimal = decimalPoint }));
    }

    [Fact]
    public void Byte_order_mark_is_no_part_of_the_first_heading()
    {
        var document = new MemoryStream([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes("time,pm\n2026-06-01T13:00Z,5\n")]);
        var reading = new ReferenceCsv(Settings(Plain with { TimeColumns = ["time"] }, ("pm", "pm2_5"))).Read(document);
        Assert.Single(reading.Values);
    }

    [Fact]
    public void Missing_markers_are_no_values_and_no_refusals()
    {
        var reading = Read(
            "time,pm\n2026-06-01T10:00Z,\n2026-06-01T11:00Z,na\n2026-06-01T12:00Z, No Data \n2026-06-01T13:00Z,-999\n2026-06-01T14:00Z,0\n",
            Plain with { Missing = ["NA", "no data", "-999"] }, ("pm", "pm2_5"));
        Assert.Equal([new StationValue(Quantity.Pm25, Hour("2026-06-01T14:00Z"), 0)], reading.Values);
        Assert.Equal(0, reading.Refused);
    }

    [Fact]
    public void Factor_takes_values_into_the_quantitys_unit() =>
        Assert.Equal([12.5], Values("time,pm\n2026-06-01T13:00Z,0.0125\n", Plain with { Factors = Plain.Factors.Add("pm", 1000) }));

    [Fact]
    public void Only_rows_that_the_format_asks_for_are_read() => Assert.Equal(
        [2.0],
        Values(
            "time,site,pm\n2026-06-01T13:00Z,North,1\n2026-06-01T13:00Z,South,2\n2026-06-01T14:00Z,North,3\n",
            Plain with { Where = Plain.Where.Add("site", "South") }));

    [Fact]
    public void What_is_refused_is_named_by_its_line_and_the_rest_counts()
    {
        var reading = Read(
            """
            Made by a network
            of stations
            time,pm,no2
            2026-06-01T10:00Z,1,1
            yesterday,1,1

            2026-06-01T11:00Z,1
            2026-06-01T12:00Z,many,2
            2026-06-01T12:30Z,1,1
            2026-06-01T13:00Z,3,1001
            """,
            Plain with { SkipLines = 2 }, ("pm", "pm2_5"), ("no2", "no2"));

        Assert.Equal(
            [(Quantity.Pm25, 1.0), (Quantity.No2, 1.0), (Quantity.No2, 2.0), (Quantity.Pm25, 3.0)],
            reading.Values.Select(value => (value.Quantity, value.Value)));
        Assert.Equal((5, 1), (reading.Refused, reading.OutOfRange));
        Assert.Equal(
            ["line 10:", "line 5:", "line 7:", "line 8:", "line 9:"],
            reading.Refusals.Select(refusal => refusal.Reason[..(refusal.Reason.IndexOf(':', StringComparison.Ordinal) + 1)])
                .Order(StringComparer.Ordinal));
        Assert.Contains(new Refusal("line 5: column 1 is not a time as format.timeFormat says.", "It is 'yesterday'."), reading.Refusals);
        Assert.Contains(
            new Refusal("line 8: column 2 is not a number. If it means that there is none, add it to format.missing.", "It is 'many'."),
            reading.Refusals);
        Assert.Contains(
            new Refusal("line 10: no2 is outside of 0 to 1000 ug/m3. In another unit? Set format.factors.", "It is 1001."),
            reading.Refusals);
    }

    [Fact]
    public void An_unclosed_quote_spoils_its_own_row_only()
    {
        var reading = Read("time,pm\n\"2026-06-01T13:00Z,5\n2026-06-01T14:00Z,6\n", Plain, ("pm", "pm2_5"));
        Assert.Equal([6.0], reading.Values.Select(value => value.Value));
        Assert.Equal(1, reading.Refused);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e400")]
    [InlineData("1,5")]
    [InlineData("0x10")]
    public void What_is_no_finite_number_is_refused(string text) =>
        Assert.Equal(1, Read($"time;pm\n2026-06-01T13:00Z;{text}\n", Plain with { Missing = [] }, ("pm", "pm2_5")).Refused);

    [Fact]
    public void A_heading_that_is_not_there_is_told_with_those_that_are()
    {
        var refusal = Assert.Throws<ReferenceSourceException>(() => Values("time,PM2.5,PM10\n", Plain));
        Assert.Equal("There is no column 'pm'.", refusal.Message);
        Assert.Equal("The columns are: time, PM2.5, PM10.", refusal.Quotation);
    }

    [Fact]
    public void What_is_quoted_cannot_steer_a_terminal()
    {
        var refusal = Assert.Single(Read("time,pm\n2026-06-01T13:00Z,\u001b[2J\u202e5\n", Plain, ("pm", "pm2_5")).Refusals);
        Assert.Equal("It is '\ufffd[2J\ufffd5'.", refusal.Quotation);
    }

    [Fact]
    public void An_empty_document_is_told() =>
        Assert.Equal("It is empty.", Assert.Throws<ReferenceSourceException>(() => Values("", Plain)).Message);

    [Fact]
    public void Whatever_the_document_reading_ends_with_values_or_a_reason()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var good = Encoding.UTF8.GetBytes(
            "time;pm;\"a \"\"b\"\"\"\n2026-06-01T13:00Z;5;x\n2026-06-01 14:00;6;\"y;z\"\n2026-10-25 02:00;7;\n");
        for (var round = 0; round < 3_000; round++)
        {
            var spoilt = good.ToArray();
            for (var change = random.Next(1, 8); change > 0; change--)
                spoilt[random.Next(spoilt.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : ";,\"\n\r\t 0"[random.Next(8)]);
            try
            {
                var reading = new ReferenceCsv(Settings(Plain with { TimeZone = "Europe/Amsterdam" }, ("pm", "pm2_5")))
                    .Read(new MemoryStream(spoilt, 0, random.Next(spoilt.Length + 1)));
                Assert.All(reading.Values, value => Assert.True(value.Quantity.IsValid(value.Value)));
            }
            catch (Exception exception) when (exception is not ReferenceSourceException)
            {
                Assert.Fail($"Seed {Seed}, round {round}: {exception}");
            }
            catch (ReferenceSourceException)
            {
                // A reason is an answer.
            }
        }
    }

    static IEnumerable<double> Values(string text, ReferenceFormat format) =>
        Read(text, format, ("pm", "pm2_5")).Values.Select(value => value.Value);

    static IEnumerable<HourWindow> Windows(string text, ReferenceFormat format) =>
        Read(text, format, ("pm", "pm2_5")).Values.Select(value => value.Window);

    static ReferenceReading Read(string text, ReferenceFormat format, params (string Column, string Quantity)[] columns) =>
        new ReferenceCsv(Settings(format, columns)).Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    static ReferenceSettings Settings(ReferenceFormat format, params (string Column, string Quantity)[] columns)
    {
        var settings = new ReferenceSettings { Name = "Quay", File = "quay.csv", Format = format };
        return settings
            with { Columns = settings.Columns.AddRange(columns.Select(column => KeyValuePair.Create(column.Column, column.Quantity))) };
    }

    static HourWindow Hour(string start) => HourWindow.Containing(DateTimeOffset.Parse(start, CultureInfo.InvariantCulture));
}
