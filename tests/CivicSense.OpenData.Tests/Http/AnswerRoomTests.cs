using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData.Tests;

/// <summary>Whoever asks for much and reads slowly does not fill the node's memory.</summary>
public sealed class AnswerRoomTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_that_one_address_does_not_read_leave_room_for_others()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-01-01"));
        using var greedy = node.ClientFrom(1);
        var unread = new List<HttpResponseMessage>();
        long held = 0;
        HttpResponseMessage refused;
        // Each of its own, or they would share one body.
        for (var rows = 10_000; ; rows--)
        {
            var answer = await AskAsync(greedy, rows);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                refused = answer;
                break;
            }
            unread.Add(answer);
            held += answer.Content.Headers.ContentLength!.Value;
            Assert.InRange(held, 0, AnswerRoom.CapacityOfOneAddress);
        }
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        Assert.Equal("10", Assert.Single(refused.Headers.GetValues("Retry-After")));
        Assert.InRange(held, AnswerRoom.CapacityOfOneAddress * 3 / 4, AnswerRoom.CapacityOfOneAddress);

        using var small = await greedy.GetAsync("/api/v1/ledger?limit=10", Cancelled);
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        using var other = node.ClientFrom(2);
        using var whole = await other.GetAsync(Address(9_000), Cancelled);
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);

        // What is read to its end makes room again.
        await unread[0].Content.CopyToAsync(Stream.Null, Cancelled);
        await RetryAsync(greedy, 8_999);
        foreach (var answer in unread.Append(refused))
            answer.Dispose();
    }

    [Fact]
    public async Task An_answer_that_many_read_takes_room_once_and_until_the_last_has_it()
    {
        var room = new AnswerRoom(Options.Create(new OpenDataOptions()));
        var body = GC.AllocateUninitializedArray<byte>(AnswerRoom.CapacityOfOneAddress);
        using var first = new Reader(1);
        using var second = new Reader(1);
        var readings = new[] { first, second }.Select(reader => room.SendAsync(reader.Context, body)).ToList();
        Assert.All(readings, reading => Assert.False(reading.IsCompleted));

        first.Take();
        await readings[0];
        await AssertFullAsync(room, address: 1);

        second.Take();
        await readings[1];
        await TakeAllAsync(room, address: 1);
    }

    [Fact]
    public async Task All_together_have_no_more_than_there_is()
    {
        var room = new AnswerRoom(Options.Create(new OpenDataOptions()));
        var readers = Enumerable.Range(1, AnswerRoom.Capacity / AnswerRoom.CapacityOfOneAddress).Select(number => new Reader(number)).ToList();
        var readings = readers.ConvertAll(
            reader => room.SendAsync(reader.Context, GC.AllocateUninitializedArray<byte>(AnswerRoom.CapacityOfOneAddress)));
        await AssertFullAsync(room, address: 250);

        readers[0].Connection.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => readings[0]);
        await TakeAllAsync(room, address: 250);
        foreach (var reader in readers)
        {
            reader.Take();
            reader.Dispose();
        }
        await Task.WhenAll(readings.Skip(1));
    }

    static async Task AssertFullAsync(AnswerRoom room, int address)
    {
        using var reader = new Reader(address);
        var full = await Assert.ThrowsAsync<ProblemException>(() => room.SendAsync(reader.Context, new byte[AnswerRoom.Shortest]));
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, full.Status);
        reader.Take();
        await room.SendAsync(reader.Context, new byte[AnswerRoom.Shortest - 1]);
    }

    static async Task TakeAllAsync(AnswerRoom room, int address)
    {
        using var reader = new Reader(address);
        reader.Take();
        await room.SendAsync(reader.Context, GC.AllocateUninitializedArray<byte>(AnswerRoom.CapacityOfOneAddress));
    }

    static string Address(int rows) => $"/api/v1/ledger?limit={rows}&format=ndjson";

    static Task<HttpResponseMessage> AskAsync(HttpClient client, int rows) =>
        client.GetAsync(Address(rows), HttpCompletionOption.ResponseHeadersRead, Cancelled);

    /// <summary>The node notices a moment after the reader that all was taken.</summary>
    static async Task RetryAsync(HttpClient client, int rows)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            using var answer = await AskAsync(client, rows);
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
        }
    }

    /// <summary>Somebody who takes nothing of an answer at first, and then all of it.</summary>
    sealed class Reader : Stream
    {
        readonly TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Reader(int number)
        {
            Context = new DefaultHttpContext { RequestAborted = Connection.Token };
            Context.Connection.RemoteIpAddress = new IPAddress([192, 0, 2, (byte)number]);
            Context.Response.Body = this;
        }

        public HttpContext Context { get; }

        public CancellationTokenSource Connection { get; } = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Take() => taken.TrySetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await taken.Task.WaitAsync(cancellationToken);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                Connection.Dispose();
            base.Dispose(disposing);
        }
    }
}
