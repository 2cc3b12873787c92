using CivicSense.Commons;

namespace CivicSense.Ingestion.Tests.Payloads;

/// <summary>RFC 8428, as far as a neighbourhood's sensors use it.</summary>
public sealed class SenMLReaderTests
{
    [Fact]
    public void Single_data_point_takes_the_receive_time()
    {
        // RFC 8428, section 5.1.1, with a name that ends in a quantity.
        var reading = Read.Single("""[{"n":"urn:dev:ow:10e2073a01080063:temperature","u":"Cel","v":23.1}]""");
        Assert.Equal(new Reading(Quantity.Temperature.Ordinal, 23.1, Read.Now), reading);
    }

    [Fact]
    public void Base_time_and_relative_times_add_up()
    {
        // RFC 8428, section 5.1.2, second example: six measurements, one second apart, the last at the base time.
        var read = Read.Payload("""
            [{"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"ug/m3","bver":5,"n":"temperature","u":"Cel","v":20.1},
             {"n":"pm2_5","t":-5,"v":1.2},{"n":"pm2_5","t":-4,"v":1.3},{"n":"pm2_5","t":-3,"v":1.4},
             {"n":"pm2_5","t":-2,"v":1.5},{"n":"pm2_5","t":-1,"v":1.6},{"n":"pm2_5","v":1.7}]
            """);
        Assert.True(read.IsWellFormed);
        Assert.Empty(read.Refused);
        Assert.Equal(new Reading(Quantity.Temperature.Ordinal, 20.1, 1276020076001), read.Readings[0]);
        Assert.Equal([1.2, 1.3, 1.4, 1.5, 1.6, 1.7], read.Readings.Skip(1).Select(reading => reading.Value));
        Assert.Equal(
            [1276020071001, 1276020072001, 1276020073001, 1276020074001, 1276020075001, 1276020076001],
            read.Readings.Skip(1).Select(reading => reading.Time));
    }

    [Fact]
    public void Base_unit_holds_until_a_record_says_otherwise_and_foreign_units_are_refused_alone()
    {
        // RFC 8428, section 5.1.3: humidity by base unit, with positions and a battery level of the same name between.
        var read = Read.Payload("""
            [{"bn":"urn:dev:ow:10e2073a01080063:humidity","bt":1.320067464e+09,"bu":"%RH","v":20},
             {"u":"lon","v":24.30621},{"u":"lat","v":60.07965},{"t":60,"v":20.3},{"u":"%EL","t":150,"v":98},{"t":180,"v":21.2}]
            """);
        Assert.True(read.IsWellFormed);
        Assert.Equal([20, 20.3, 21.2], read.Readings.Select(reading => reading.Value));
        Assert.Equal([1320067464000, 1320067524000, 1320067644000], read.Readings.Select(reading => reading.Time));
        Assert.Equal([KeyValuePair.Create(ReadingOutcome.UnknownUnit, 3L)], read.Refused);
    }

    [Fact]
    public void Strings_booleans_and_data_are_not_numbers()
    {
        // RFC 8428, section 5.1.5, with names that are quantities here.
        var read = Read.Payload("""
            [{"bn":"urn:dev:ow:10e2073a01080063:","n":"temperature","u":"Cel","v":23.1},
             {"n":"pm2_5","vs":"Machine Room"},{"n":"pm10","vb":false},{"n":"no2","vd":"aGkgCg"}]
            """);
        Assert.True(read.IsWellFormed);
        Assert.Equal(23.1, Assert.Single(read.Readings).Value);
        Assert.Equal([KeyValuePair.Create(ReadingOutcome.NotANumber, 3L)], read.Refused);
    }

    [Fact]
    public void Base_name_can_change_within_a_pack_and_the_base_time_stays()
    {
        // RFC 8428, section 5.1.6.
        var read = Read.Payload("""
            [{"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":27.2},{"n":"humidity","u":"%RH","v":80},
             {"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},{"n":"humidity","u":"%RH","v":67}]
            """);
        Assert.True(read.IsWellFormed);
        Assert.Empty(read.Refused);
        Assert.Equal([27.2, 80, 12.3, 67], read.Readings.Select(reading => reading.Value));
        Assert.All(read.Readings, reading => Assert.Equal(1320078429000, reading.Time));
    }

    [Theory]
    [InlineData(-5, -5_000)]
    [InlineData(0, 0)]
    [InlineData(0.25, 250)]
    [InlineData(-268_435_456, -268_435_456_000)]
    [InlineData(268_435_455, 268_435_455_000)]
    public void Time_below_two_to_the_28_is_relative_to_now(double seconds, long milliseconds)
    {
        // RFC 8428, section 4.5.3.
        var text = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Read.Now + milliseconds, Read.Single($$"""[{"n":"pm2_5","v":1,"t":{{text}}}]""").Time);
        Assert.Equal(Read.Now + milliseconds, Read.Single($$"""[{"n":"pm2_5","v":1,"bt":{{text}}}]""").Time);
    }

    [Fact]
    public void Time_of_two_to_the_28_and_above_is_absolute()
    {
        Assert.Equal(268_435_456_000, Read.Single("""[{"n":"pm2_5","v":1,"t":268435456}]""").Time);
        Assert.Equal(268_435_456_000, Read.Single("""[{"n":"pm2_5","v":1,"bt":268435450,"t":6}]""").Time);
    }

    [Fact]
    public void Milliseconds_survive_the_way_through_a_binary_fraction()
    {
        // Most of these are no binary fractions; a truncated product could lose a millisecond, and two readings their distinct times.
        for (var i = 0; i < 1000; i++)
            Assert.Equal(1_700_000_000_000 + i, Read.Single($$"""[{"n":"pm2_5","v":1,"t":1700000000.{{i:D3}}}]""").Time);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e300")]
    [InlineData("1e12")]
    public void Time_that_no_clock_shows_is_refused(string time) =>
        Read.IsRefused($$"""[{"n":"pm2_5","v":1,"t":{{time}}}]""", ReadingOutcome.AheadOfTime);

    [Fact]
    public void Base_value_is_added()
    {
        // RFC 8428, section 4.1 and 4.3: base value plus value, in the unit sent.
        var read = Read.Payload("""[{"bv":270,"n":"temperature","u":"K","v":23.15},{"n":"pm2_5","v":-265}]""");
        Assert.Equal(20, read.Readings[0].Value, precision: 9);
        Assert.Equal(5, read.Readings[1].Value);
    }

    [Theory]
    [InlineData("pm2_5")]
    [InlineData("urn:dev:mac:ecda3b1eaaaf:pm2_5")]
    [InlineData("2001:db8::2/pm2_5")]
    [InlineData("kitchen:shelf/pm2_5")]
    [InlineData("kitchen/shelf:pm2_5")]
    [InlineData("/pm2_5")]
    public void Quantity_is_what_follows_the_last_colon_or_slash(string name) =>
        Assert.Equal(Quantity.Pm25.Ordinal, Read.Single($$"""[{"n":"{{name}}","v":1}]""").QuantityOrdinal);

    [Theory]
    [InlineData("")]
    [InlineData("pm2_5:")]
    [InlineData("xpm2_5")]
    [InlineData("PM2_5")]
    [InlineData("pm2.5")]
    [InlineData("co2")]
    [InlineData("pm2_5 ")]
    public void Other_names_are_unknown(string name) => Read.IsRefused($$"""[{"n":"{{name}}","v":1}]""", ReadingOutcome.UnknownQuantity);

    [Fact]
    public void Base_name_and_name_are_joined_without_anything_between()
    {
        Assert.Equal(Quantity.O3.Ordinal, Read.Single("""[{"bn":"a:o","n":"3","v":1}]""").QuantityOrdinal);
        Read.IsRefused("""[{"bn":"sensor7","n":"pm10","v":1}]""", ReadingOutcome.UnknownQuantity);
    }

    [Fact]
    public void Every_quantity_is_known_by_its_identifier_and_unit()
    {
        foreach (var quantity in Quantity.All)
            Assert.Equal(quantity.Ordinal,
                Read.Single($$"""[{"n":"{{quantity.Id}}","u":"{{quantity.Unit}}","v":{{quantity.Maximum}}}]""").QuantityOrdinal);
    }

    [Theory]
    [InlineData("pm2_5", "kg/m3", "12e-9", 12)]
    [InlineData("no2", "kg/m3", "4.5E-8", 45)]
    [InlineData("temperature", "K", "273.15", 0)]
    [InlineData("pressure", "Pa", "99431.5", 994.315)]
    [InlineData("laeq", "dB", "54.5", 54.5)]
    public void Units_of_the_registry_are_converted(string name, string unit, string value, double expected) =>
        Assert.Equal(expected, Read.Single($$"""[{"n":"{{name}}","u":"{{unit}}","v":{{value}}}]""").Value, tolerance: 1e-9);

    [Theory]
    [InlineData("pm2_5", "Cel")]
    [InlineData("pm2_5", "UG/M3")]
    [InlineData("temperature", "F")]
    [InlineData("humidity", "%")]
    [InlineData("pressure", "bar")]
    [InlineData("laeq", "W")]
    public void Unknown_unit_is_refused_and_counted(string name, string unit) =>
        Read.IsRefused($$"""[{"n":"{{name}}","u":"{{unit}}","v":50}]""", ReadingOutcome.UnknownUnit);

    [Fact]
    public void One_bad_record_does_not_cost_the_others()
    {
        var read = Read.Payload("""
            [{"n":"pm2_5","v":1},{"n":"co2","v":400},{"n":"pm10","u":"furlong","v":2},{"n":"no2","v":1e400},{"n":"o3","v":-1},{"n":"laeq","v":50}]
            """);
        Assert.True(read.IsWellFormed);
        Assert.Equal([1, 50], read.Readings.Select(reading => reading.Value));
        Assert.Equal(4, read.Refused.Count);
        Assert.All(
            [ReadingOutcome.UnknownQuantity, ReadingOutcome.UnknownUnit, ReadingOutcome.NotANumber, ReadingOutcome.OutOfRange],
            reason => Assert.Equal(1, read.Refused[reason]));
    }

    [Theory]
    [InlineData("pm2_5", "0", true)]
    [InlineData("pm2_5", "1000", true)]
    [InlineData("pm2_5", "-0.001", false)]
    [InlineData("pm2_5", "1000.001", false)]
    [InlineData("laeq", "19.99", false)]
    [InlineData("temperature", "-40", true)]
    [InlineData("temperature", "-40.1", false)]
    public void Range_is_closed(string name, string value, bool isValid)
    {
        var json = $$"""[{"n":"{{name}}","v":{{value}}}]""";
        if (isValid) Read.Single(json);
        else Read.IsRefused(json, ReadingOutcome.OutOfRange);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    public void Number_too_large_for_a_double_is_not_a_number(string value) =>
        Read.IsRefused($$"""[{"n":"pm2_5","v":{{value}}}]""", ReadingOutcome.NotANumber);

    [Fact]
    public void Infinite_base_value_spoils_only_what_it_is_added_to()
    {
        var read = Read.Payload("""[{"bv":1e400,"n":"pm2_5","v":-1e400},{"bv":0,"n":"pm2_5","v":3}]""");
        Assert.Equal(3, Assert.Single(read.Readings).Value);
        Assert.Equal(1, read.Refused[ReadingOutcome.NotANumber]);
    }

    [Theory]
    [InlineData("10", true)]
    [InlineData("5", true)]
    [InlineData("11", false)]
    [InlineData("10.5", false)]
    [InlineData("\"10\"", false)]
    public void Pack_of_a_newer_version_is_not_processed(string version, bool isRead)
    {
        // RFC 8428, section 4.4.
        var json = $$"""[{"bver":{{version}},"n":"pm2_5","v":1}]""";
        if (isRead) Read.Single(json);
        else Read.IsMalformed(json);
    }

    [Fact]
    public void Newer_version_in_a_later_record_refuses_the_whole_pack() =>
        Read.IsMalformed("""[{"n":"pm2_5","v":1},{"bver":11,"n":"pm10","v":1}]""");

    [Theory]
    [InlineData("""[{"n":"pm2_5","v":1,"x_":1}]""")]
    [InlineData("""[{"n":"pm2_5","v":1},{"x_":null}]""")]
    [InlineData("""[{"n":"pm2_5","v":1,"_":1}]""")]
    [InlineData("""[{"n":"pm2_5","v":1,"x\u005f":1}]""")]
    public void Label_that_must_be_understood_refuses_the_pack(string json) => Read.IsMalformed(json); // RFC 8428, section 4.4

    [Fact]
    public void Other_labels_are_skipped_with_whatever_they_hold()
    {
        var json = """[{"x":{"v":[1,{"n":"pm10"}]},"_x":1,"n":"pm2_5","ut":60,"s":5,"bs":1,"v":7}]""";
        Assert.Equal(7, Read.Single(json).Value);
    }

    [Fact]
    public void Of_a_field_given_twice_the_last_counts()
    {
        var reading = Read.Single("""[{"n":"pm10","n":"pm2_5","v":1,"v":2,"u":"Cel","u":"ug/m3"}]""");
        Assert.Equal((Quantity.Pm25.Ordinal, 2), (reading.QuantityOrdinal, reading.Value));
    }

    [Fact]
    public void Labels_names_and_units_may_be_escaped()
    {
        var reading = Read.Single("""[{"\u006e":"urn\u003a\u0070m2_5","u":"ug\/m3","\u0076":4}]""");
        Assert.Equal((Quantity.Pm25.Ordinal, 4), (reading.QuantityOrdinal, reading.Value));
    }

    [Theory]
    [InlineData("""[{"n":"\ud800","v":1}]""")]
    [InlineData("""[{"\ud800":1}]""")]
    [InlineData("""[{"n":"pm2_5","v":1,"u":"\udc00\ud800"}]""")]
    public void Half_a_surrogate_pair_in_a_text_is_malformed(string json) => Read.IsMalformed(json);

    [Theory]
    [InlineData("""[{"n":"pm2_5","v":"1"}]""")]
    [InlineData("""[{"n":"pm2_5","v":null}]""")]
    [InlineData("""[{"n":5,"v":1}]""")]
    [InlineData("""[{"n":"pm2_5","u":null,"v":1}]""")]
    [InlineData("""[{"n":"pm2_5","t":"now","v":1}]""")]
    [InlineData("""[1]""")]
    [InlineData("""[[{"n":"pm2_5","v":1}]]""")]
    [InlineData("""[{"n":"pm2_5","v":1},null]""")]
    [InlineData("""[{"n":"pm2_5","v":NaN}]""")]
    public void Field_of_the_wrong_type_refuses_the_pack(string json) => Read.IsMalformed(json);

    [Fact]
    public void Pack_without_a_record_is_malformed() => Read.IsMalformed("[]"); // RFC 8428, section 11: 1* record

    [Fact]
    public void Record_of_base_fields_alone_is_no_reading()
    {
        // RFC 8428, section 4.1: base fields may stand in a record without a value.
        var read = Read.Payload("""[{"bn":"a:","bt":1700000000},{"n":"pm2_5","v":1}]""");
        Assert.Equal(1_700_000_000_000, Assert.Single(read.Readings).Time);
        Assert.Empty(read.Refused);
    }

    [Fact]
    public void Longest_name_is_read_and_a_longer_one_refuses_the_pack()
    {
        var prefix = new string('a', UnescapedTexts.MaximumLength - ":pm2_5".Length);
        Assert.Equal(1, Read.Single($$"""[{"bn":"{{prefix}}:::::/","n":"{{prefix}}:pm2_5","v":1}]""").Value);
        Read.IsMalformed($$"""[{"n":"a{{prefix}}:pm2_5","v":1}]""");
    }
}
