using System.Globalization;
using System.Net;
using CivicSense.OpenData.SensorThings;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>Who is told to ask for less, and who to come again.</summary>
public sealed class QueryBudgetTests
{
    [Fact]
    public void Too_many_steps_are_the_request_s_fault()
    {
        var budget = new QueryBudget(new FixedTime(), CancellationToken.None);
        for (var i = 0; i < QueryBudget.MaximumSteps; i++) budget.Step();
        Assert.Equal(400, Assert.Throws<ProblemException>(budget.Step).Status);
    }

    [Theory]
    [InlineData("Observations?$orderby=result&$filter=result gt 0")] // has to be sorted
    [InlineData("Observations?$count=true&$filter=result gt 0")] // has to be counted
    [InlineData("Datastreams?$filter=Observations/result lt -1000")] // has to be read to the end
    public async Task A_node_that_was_too_slow_says_when_to_come_again(string query)
    {
        await using var node = await PublicNode.StartAsync(time: new OverloadedTime());
        using var answer = await node.GetAsync("/sta/v1.1/" + query);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.InRange(int.Parse(answer.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 60);
    }

    /// <summary>A machine so busy that a second passes between two looks at the clock.</summary>
    sealed class OverloadedTime : TimeProvider
    {
        long seconds;

        public override DateTimeOffset GetUtcNow() => SampleQueries.Now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref seconds);
    }
}
