namespace CivicSense.Commons.Tests.Ledger;

public sealed class ValuesHashTests
{
    [Fact]
    public void Nothing_hashes_to_the_sha256_of_nothing()
    {
        // FIPS 180-4, the empty message.
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ValuesHash.OfNothing);
        Assert.Equal(ValuesHash.OfNothing, ValuesHash.Of(Array.Empty<NoisyMeasurement>()));
        Assert.Equal(ValuesHash.OfNothing, ValuesHash.Of(Array.Empty<NoisyActivity>()));
    }

    [Fact]
    public void Measurements_hash_as_lines_of_text() =>
        // printf '0313131311,pm2_5,-42,12.25\n0313131312,laeq,7,52.1\n' | sha256sum
        Assert.Equal("e4d3771911bb08194728ae54f46abd3c28432a8ba97136e9c474ee3de890c9fc", ValuesHash.Of(Sample.Measurements()));

    [Fact]
    public void Activity_hashes_as_lines_of_text() =>
        // printf '0313131311,-3\n0313131312,268435456\n' | sha256sum
        Assert.Equal("6ff20b50cfd6fc5b42ba414cdb51d98e72b882a95f0ef5e2cb3708e38ca2ed0b", ValuesHash.Of(Sample.Activity()));

    [Fact]
    public void Any_change_of_value_order_or_baseline_changes_the_hash()
    {
        var values = Sample.Measurements();
        NoisyMeasurement[][] others =
        [
            [values[1], values[0]], [values[0]], [values[0], values[1] with { Value = 8 }],
            [values[0], values[1] with { Baseline = double.BitIncrement(values[1].Baseline) }],
            [values[0], values[1] with { Area = Sample.North }], [values[0], values[1] with { Quantity = Quantity.O3 }],
        ];
        Assert.Equal(others.Length + 1, others.Append(values).Select(ValuesHash.Of).Distinct().Count());
    }
}
