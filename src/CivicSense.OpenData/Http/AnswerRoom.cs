using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>
/// The memory of the answers that are on their way to their readers, so that nobody fills it by asking for much and reading slowly.
/// Thread-safe.
/// </summary>
/// <remarks>
/// An answer that several read, because <see cref="AnswerCache"/> had it, takes room once: that of the address which was first. Short
/// ones are not counted: they lie in the buffers of their connections.
/// </remarks>
sealed class AnswerRoom(IOptions<OpenDataOptions> options)
{
    /// <summary>Of all answers together, in bytes.</summary>
    public const int Capacity = 256 << 20;

    /// <summary>
    /// Of those of one address: eight of the largest pages. Not where all addresses are a proxy's, which is where
    /// <see cref="OpenDataOptions.RequestsPerSecond"/> is 0.
    /// </summary>
    public const int CapacityOfOneAddress = Capacity / 4;

    /// <summary>Shorter answers are not counted.</summary>
    public const int Shortest = 64 << 10;

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly Dictionary<byte[], Held> bodies = new(ReferenceEqualityComparer.Instance);
    readonly AddressShares bytes = new(Capacity, options.Value.RequestsPerSecond == 0 ? Capacity : CapacityOfOneAddress);

    sealed class Held(IPAddress payer)
    {
        public IPAddress Payer { get; } = payer;

        public int Readers { get; set; }
    }

    /// <summary>Sends the body of an answer.</summary>
    /// <exception cref="ProblemException">There is no room for it; nothing was sent.</exception>
    public async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (body.Length < Shortest || !MemoryMarshal.TryGetArray(body, out var segment))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
            return;
        }
        Enter(segment.Array!, RequestPace.AddressOf(context));
        try
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
        finally
        {
            Leave(segment.Array!);
        }
    }

    void Enter(byte[] body, IPAddress reader)
    {
        lock (gate)
        {
            if (!bodies.TryGetValue(body, out var held))
            {
                if (!bytes.TryTake(reader, body.Length))
                    throw Full();
                bodies.Add(body, held = new Held(reader));
            }
            held.Readers++;
        }
    }

    void Leave(byte[] body)
    {
        lock (gate)
        {
            var held = bodies[body];
            if (--held.Readers > 0)
                return;
            bodies.Remove(body);
            bytes.Return(held.Payer, body.Length);
        }
    }

    static ProblemException Full() => new(
        StatusCodes.Status503ServiceUnavailable,
        "Too many long answers are being read, by your address or by all. Come again, ask for less, or read them one after another.")
    {
        RetryAfter = Pause,
    };
}
