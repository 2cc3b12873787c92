using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Mqtt;
using CivicSense.Node.LiveTopics;
using CivicSense.OpenData;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CivicSense.Node.Tests.LiveTopics;

public sealed class LiveTopicPublisherTests : IMqttPublisher, IAsyncLifetime
{
    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 11, 22, 7, 0, 0, TimeSpan.Zero));
    static readonly Area Here = Area.Parse("120");

    readonly TemporaryFolder folder = new();
    readonly Dictionary<string, string> retained = [];
    SqliteNodeDatabase database = null!;
    int published;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        database = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = folder.File("node.db") }, TimeProvider.System, NullLogger.Instance);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Every_area_and_quantity_has_a_topic_with_what_the_api_says()
    {
        await WriteAsync(
            Estimate(Here, Quantity.Pm25, Window), Estimate(Here.Parent, Quantity.Pm25, Window), Estimate(default, Quantity.Laeq, Window));

        await Publisher().PublishAsync(Cancel);

        Assert.Equal(
            ["civicsense/v1/public/12/pm2_5", "civicsense/v1/public/120/pm2_5", "civicsense/v1/public/world/laeq"],
            retained.Keys.Order(StringComparer.Ordinal));
        const string expected = """
            {"start":"2026-11-22T07:00:00Z","end":"2026-11-22T08:00:00Z","area":"120","quantity":"pm2_5","resolution":"hour","unit":"ug/m3",
            "value":8.25,"standardError":1.5,"lower":5.25,"upper":11.25,"status":"live","tooUncertain":false}
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonElement.Parse(retained["civicsense/v1/public/120/pm2_5"])));
    }

    [Fact]
    public async Task What_the_display_limit_hides_is_said_as_the_api_says_it()
    {
        await WriteAsync(Estimate(Here, Quantity.Pm25, Window) with { StandardError = 5.1 });
        await Publisher().PublishAsync(Cancel);
        Assert.True(JsonElement.Parse(Assert.Single(retained).Value).GetProperty("tooUncertain").GetBoolean());
    }

    [Fact]
    public async Task Only_what_has_changed_is_published_again()
    {
        await WriteAsync(Estimate(Here, Quantity.Pm25, Window), Estimate(Here, Quantity.Laeq, Window));
        var publisher = Publisher();
        await publisher.PublishAsync(Cancel);
        await publisher.PublishAsync(Cancel);
        Assert.Equal(2, published);

        await WriteAsync(Estimate(Here, Quantity.Pm25, Window.Next), Estimate(Here, Quantity.Laeq, Window.Next));
        await publisher.PublishAsync(Cancel);

        Assert.Equal(4, published);
        Assert.All(retained.Values, json => Assert.Equal("2026-11-22T08:00:00Z", JsonElement.Parse(json).GetProperty("start").GetString()));
    }

    [Fact]
    public async Task An_area_that_is_released_no_more_is_removed()
    {
        await WriteAsync(Estimate(Here, Quantity.Pm25, Window), Estimate(Here.Parent, Quantity.Pm25, Window));
        var publisher = Publisher();
        await publisher.PublishAsync(Cancel);

        await WriteAsync(Estimate(Here.Parent, Quantity.Pm25, Window.Next));
        await publisher.PublishAsync(Cancel);

        Assert.Equal(["civicsense/v1/public/12/pm2_5"], retained.Keys);
    }

    [Fact]
    public async Task After_a_restart_everything_is_there_again()
    {
        await WriteAsync(Estimate(Here, Quantity.Pm25, Window));
        await Publisher().PublishAsync(Cancel);
        retained.Clear();
        await Publisher().PublishAsync(Cancel);
        Assert.Single(retained);
    }

    [Fact]
    public async Task Before_the_first_release_there_is_nothing()
    {
        await Publisher().PublishAsync(Cancel);
        Assert.Equal(0, published);
    }

    void IMqttPublisher.Publish(string topic, ReadOnlySpan<byte> payload, bool retain)
    {
        Assert.True(retain);
        published++;
        if (payload.IsEmpty) retained.Remove(topic);
        else retained[topic] = System.Text.Encoding.UTF8.GetString(payload);
    }

    LiveTopicPublisher Publisher() =>
        new(database.Commons, this, Options.Create(new OpenDataOptions()), NullLogger<LiveTopicPublisher>.Instance);

    ValueTask WriteAsync(params Estimate[] estimates) => database.Estimates.WriteAsync(estimates, Cancel);

    static Estimate Estimate(Area area, Quantity quantity, HourWindow window) =>
        new(area, quantity, Resolution.Hour, window.Start, window.End, 8.25, 1.5, 5.25, 11.25, EstimateStatus.Live);
}
