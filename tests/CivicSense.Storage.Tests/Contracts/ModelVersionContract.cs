using CivicSense.Commons;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="IModelVersionStore"/> does, seen through <see cref="ICommons.ReadModelVersionsAsync"/>.</summary>
public abstract class ModelVersionContract
{
    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Versions_are_read_by_quantity_and_number_with_their_exact_values()
    {
        await using var store = await CreateAsync();
        ModelVersion[] versions =
        [
            Samples.Model(Quantity.Pm25, 1, Samples.Window, ("cityMemory", 43.1), ("CityDeviation", 1.0 / 3)),
            Samples.Model(Quantity.Pm25, 2, Samples.Window.Next, ("smallest", double.Epsilon), ("largest", double.MaxValue),
                ("negative", -0.1)),
            Samples.Model(Quantity.Pm25, 10, new(Samples.Window.Index + 9)),
            Samples.Model(Quantity.Laeq, 1, Samples.Window, ("localMemory", 3)),
        ];
        foreach (var version in Enumerable.Reverse(versions))
            await store.ModelVersions.WriteAsync(version, Cancel);
        await store.RestartAsync();

        Equal(versions, await store.Commons.ReadModelVersionsAsync(Cancel));
    }

    [Fact]
    public async Task Version_that_is_there_already_stays()
    {
        await using var store = await CreateAsync();
        var first = Samples.Model(Quantity.Pm25, 1, Samples.Window, ("cityMemory", 43));

        await store.ModelVersions.WriteAsync(first, Cancel);
        await store.ModelVersions.WriteAsync(Samples.Model(Quantity.Pm25, 1, Samples.Window.Next, ("cityMemory", 44)), Cancel);

        Equal([first], await store.Commons.ReadModelVersionsAsync(Cancel));
    }

    [Fact]
    public async Task Number_of_the_program_s_own_constants_is_refused()
    {
        await using var store = await CreateAsync();

        await Assert.ThrowsAnyAsync<Exception>(async () =>
            await store.ModelVersions.WriteAsync(Samples.Model(Quantity.Pm25, 0, Samples.Window, ("cityMemory", 43)), Cancel));

        Assert.Empty(await store.Commons.ReadModelVersionsAsync(Cancel));
    }

    /// <summary>Dictionaries compare by reference inside a record, so they are compared apart.</summary>
    static void Equal(IReadOnlyList<ModelVersion> expected, IReadOnlyList<ModelVersion> found)
    {
        Assert.Equal(expected.Select(Key), found.Select(Key));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Values.AsEnumerable(), pair.Second.Values.AsEnumerable()));

        static (Quantity, int, HourWindow) Key(ModelVersion version) => (version.Quantity, version.Number, version.From);
    }
}
