using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.Commands;
using CivicSense.Node.Tests.References;
using Microsoft.AspNetCore.Http;

namespace CivicSense.Node.Tests.RemoteLedger;

/// <summary>Whoever checks a node does not trust it: whatever it answers, the check ends with a sentence.</summary>
public sealed class UntrustedNodeTests
{
    const string Empty =
        """{"items":[],"next":null,"totals":{"entries":0,"head":"0000000000000000000000000000000000000000000000000000000000000000","days":0,"rhoSpent":0}}""";

    /// <summary>More requests than any of these checks needs: what comes after is a check without an end.</summary>
    const int Endless = 3000;

    readonly HurryingTime time = new();

    [Fact]
    public async Task A_node_that_has_released_nothing_is_whole()
    {
        await using var node = await StationServer.StartAsync((context, _) => context.Response.WriteAsync(Empty));
        var (exit, output, _) = await VerifyAsync(node);
        Assert.Equal(0, exit);
        Assert.Contains("The ledger is whole: 0 entries", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ledger", "")]
    [InlineData("ledger", "no JSON")]
    [InlineData("ledger", "[]")]
    [InlineData("ledger", """{"items":{},"next":null}""")]
    [InlineData("ledger", """{"items":[7],"next":null}""")]
    [InlineData("ledger", """{"items":[],"next":7}""")]
    [InlineData("ledger", """{"items":[],"next":null,"totals":{"entries":1e99,"head":"","days":0,"rhoSpent":0}}""")]
    [InlineData("ledger", """{"items":[],"next":null,"totals":{"entries":0,"head":"","days":0,"rhoSpent":1e99}}""")]
    [InlineData("measurements", """{"items":{},"next":null}""")]
    [InlineData("measurements", """{"items":[{"window":"soon"}],"next":null}""")]
    [InlineData("measurements",
        """{"items":[{"window":"2026-11-22T13:00:00Z","area":"9","quantity":"pm2_5","value":1,"baseline":1,"ledgerSequence":1}],"next":null}""")]
    [InlineData("measurements",
        """{"items":[{"window":"2026-11-22T13:00:00Z","area":"0","quantity":"gold","value":1,"baseline":1,"ledgerSequence":1}],"next":null}""")]
    [InlineData("measurements",
        """{"items":[{"window":"2026-11-22T13:00:00Z","area":"0","quantity":"pm2_5","value":1e99,"baseline":1,"ledgerSequence":1}],"next":null}""")]
    [InlineData("activity", """{"items":[{"day":"2026-02-30","area":"0","value":1,"ledgerSequence":1}],"next":null}""")]
    public async Task What_is_no_answer_of_a_node_is_said_to_be_none(string resource, string answer)
    {
        await using var node = await StationServer.StartAsync((context, _) =>
            context.Response.WriteAsync(context.Request.Path.Value!.EndsWith(resource, StringComparison.Ordinal) ? answer : Empty));
        Assert.Matches($"answers at /api/v1/{resource} is not what", await RefusalAsync(node));
    }

    [Theory]
    [InlineData("5000000")]
    [InlineData("61")]
    [InlineData("9999999999")]
    [InlineData("Sun, 22 Nov 2099 13:00:00 GMT")]
    public async Task Who_is_told_to_come_again_much_later_is_told_so_and_does_not_wait(string pause)
    {
        await using var node = await StationServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = pause;
            return Task.CompletedTask;
        });
        Assert.Matches("wait|asked too fast", await RefusalAsync(node));
        Assert.All(time.Pauses, waited => Assert.InRange(waited, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("Sun, 22 Nov 1999 13:00:00 GMT")]
    [InlineData("soon")]
    [InlineData(null)]
    public async Task A_node_that_never_has_time_is_given_up(string? pause)
    {
        await using var node = await StationServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = pause;
            return Task.CompletedTask;
        });
        Assert.Contains("asked too fast", await RefusalAsync(node), StringComparison.Ordinal);
        Assert.InRange(node.Requests, 2, 100);
    }

    [Fact]
    public async Task Who_is_told_to_come_again_soon_does()
    {
        await using var node = await StationServer.StartAsync((context, request) =>
        {
            if (request % 2 == 0)
                return context.Response.WriteAsync(Empty);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = "7";
            return Task.CompletedTask;
        });
        var (exit, _, _) = await VerifyAsync(node);
        Assert.Equal(0, exit);
        Assert.NotEmpty(time.Pauses);
        Assert.All(time.Pauses, pause => Assert.Equal(TimeSpan.FromSeconds(7), pause));
    }

    [Theory]
    [InlineData("/api/v1/ledger?after=0&limit=1000")]
    [InlineData("/api/v1/ledger?cursor=REQUEST")]
    [InlineData("/api/v1/ledger")]
    public async Task Empty_pages_that_lead_on_are_given_up(string next)
    {
        await using var node = await StationServer.StartAsync((context, request) => context.Response.WriteAsync(
            $$"""{"items":[],"next":"{{next.Replace("REQUEST", request.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}}"}"""));
        Assert.Contains("without an end", await RefusalAsync(node), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_that_never_end_are_given_up()
    {
        await using var node = await StationServer.StartAsync((context, request) => context.Response.WriteAsync(
            context.Request.Path != "/api/v1/activity"
                ? Empty
                : Activity(context, $"/api/v1/activity?from={context.Request.Query["from"]}&cursor={request}")));
        Assert.Contains("without an end", await RefusalAsync(node), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_that_were_not_asked_for_do_not_send_the_check_round_for_ever()
    {
        const string Same =
            """{"items":[{"window":"2026-11-22T13:00:00Z","area":"0","quantity":"pm2_5","value":1,"baseline":1,"ledgerSequence":1}],"next":null}""";
        await using var node = await StationServer.StartAsync((context, _) =>
            context.Response.WriteAsync(context.Request.Path == "/api/v1/measurements" ? Same : Empty));
        Assert.Contains("another time", await RefusalAsync(node), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_publishes_ever_more_that_no_entry_speaks_of_is_not_listened_to_for_ever()
    {
        await using var node = await StationServer.StartAsync((context, _) => context.Response.WriteAsync(
            context.Request.Path == "/api/v1/measurements"
                ? $$"""{"items":[{"window":"{{context.Request.Query["from"]}}","area":"0","quantity":"pm2_5","value":1,"baseline":1,"ledgerSequence":1}],"next":null}"""
                : Empty));
        var (exit, _, errors) = await VerifyAsync(node);
        Assert.Equal(2, exit);
        Assert.Contains("There may be more problems", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0001-01-01")]
    [InlineData("9999-12-30")]
    [InlineData("9999-12-31")]
    public async Task An_entry_of_an_impossible_day_is_a_problem_and_no_failure(string day)
    {
        var record = new LedgerRecord(
            1, LedgerEntryKind.Activity, DateTimeOffset.UnixEpoch, PrivacyDay.Parse(day), null, new string('a', 64), 0,
            ValuesHash.OfNothing, 0.028m);
        var entry = LedgerEntry.Create(record, LedgerEntry.Genesis).Document.Replace("\"", "\\\"", StringComparison.Ordinal);
        await using var node = await StationServer.StartAsync((context, _) => context.Response.WriteAsync(
            context.Request.Query["after"] == "0" ? $$"""{"items":[{"document":"{{entry}}"}],"next":null}""" : Empty));
        var (exit, _, errors) = await VerifyAsync(node);
        Assert.Equal(2, exit);
        Assert.Contains("is no ledger entry", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTHER/evil?cursor=1")]
    [InlineData("OTHER/api/v1/activity?cursor=1")]
    [InlineData("//OTHER/evil?cursor=1")]
    public async Task A_next_link_leads_to_no_other_server(string next)
    {
        await using var other = await StationServer.StartAsync((context, _) => context.Response.WriteAsync(Empty));
        next = next.Replace(
            "OTHER", next[0] == '/' ? other.Address.Authority : other.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        await using var node = await StationServer.StartAsync((context, _) => context.Response.WriteAsync(
            context.Request.Path != "/api/v1/activity" || context.Request.Query.ContainsKey("cursor") ? Empty : Activity(context, next)));
        var (exit, _, _) = await VerifyAsync(node);
        Assert.Equal((2, 0), (exit, other.Requests));
    }

    [Fact]
    public async Task A_redirect_is_told_and_not_followed()
    {
        await using var other = await StationServer.StartAsync((context, _) => context.Response.WriteAsync(Empty));
        await using var node = await StationServer.StartAsync((context, _) =>
        {
            context.Response.Redirect(new Uri(other.Address, "/api/v1/ledger").AbsoluteUri);
            return Task.CompletedTask;
        });
        Assert.Contains($"sends on to {new Uri(other.Address, "/api/v1/ledger")}", await RefusalAsync(node), StringComparison.Ordinal);
        Assert.Equal(0, other.Requests);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_given_up()
    {
        await using var node = await StationServer.StartAsync(static async (context, _) =>
        {
            var megabyte = new byte[1024 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(megabyte, context.RequestAborted);
        });
        Assert.Contains("larger than 32 MB", await RefusalAsync(node), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_check_says_how_far_it_is()
    {
        await using var node = await StationServer.StartAsync((context, request) =>
        {
            if (request > 2)
                return context.Response.WriteAsync(Empty);
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = "7";
            return Task.CompletedTask;
        });
        var (_, output, errors) = await VerifyAsync(node);
        Assert.Equal("civicsense: still checking; answers read so far: 1\n", errors);
        Assert.Single(output.TrimEnd().Split('\n'));
    }

    /// <summary>A page with one value of the first day that was asked for.</summary>
    static string Activity(HttpContext context, string next) =>
        $$"""{"items":[{"day":"{{context.Request.Query["from"]}}","area":"0","value":1,"ledgerSequence":1}],"next":"{{next}}"}""";

    async Task<string> RefusalAsync(StationServer node)
    {
        var refusal = await Assert.ThrowsAsync<UserErrorException>(() => VerifyAsync(node));
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }

    async Task<(int Exit, string Output, string Errors)> VerifyAsync(StationServer node)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var answer = node.Answer;
        node.Answer = (context, request) =>
        {
            if (request > Endless)
                stop.Cancel();
            return answer(context, request);
        };
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var exit = await LedgerCommand.VerifyRemoteAsync(node.Address.GetLeftPart(UriPartial.Authority), time, output, errors, stop.Token);
        return (exit, output.ToString(), errors.ToString());
    }

    /// <summary>A clock on which every wait is over at once.</summary>
    sealed class HurryingTime : TimeProvider
    {
        long ticks;

        public List<TimeSpan> Pauses { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 11, 22, 14, 0, 0, TimeSpan.Zero).AddTicks(ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            ticks += dueTime.Ticks;
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
