using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>How many requests one address may make, told to it in the header fields <c>RateLimit-*</c>.</summary>
/// <remarks>
/// A bucket of tokens for each address, refilled about ten times a second. The fields are those of draft-ietf-httpapi-ratelimit-headers-06:
/// how many fit into the bucket, how many are left, and in how many seconds it is full again.
/// </remarks>
sealed class RequestPace(IOptions<OpenDataOptions> options) : IDisposable
{
    /// <summary>The bucket holds the requests of so many seconds: a page and what it needs come at once.</summary>
    const int BurstSeconds = 4;

    const int RefillsPerSecond = 10;

    readonly int perSecond = options.Value.RequestsPerSecond;
    readonly PartitionedRateLimiter<HttpContext> limiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(
        context => RateLimitPartition.GetTokenBucketLimiter(AddressOf(context), _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.RequestsPerSecond * BurstSeconds,
            TokensPerPeriod = Refill(options.Value.RequestsPerSecond).Tokens,
            ReplenishmentPeriod = Refill(options.Value.RequestsPerSecond).Period,
            QueueLimit = 0,
            AutoReplenishment = true,
        }));

    /// <summary>Counts a request and says in its answer what is left.</summary>
    /// <exception cref="ProblemException">429: there is nothing left.</exception>
    public void Count(HttpContext context)
    {
        if (perSecond == 0)
            return;
        using var lease = limiter.AttemptAcquire(context);
        var capacity = (long)perSecond * BurstSeconds;
        var left = limiter.GetStatistics(context)?.CurrentAvailablePermits ?? 0;
        var reset = (capacity - left + perSecond - 1) / perSecond;
        context.Response.OnStarting(
            static state =>
            {
                var (response, capacity, left, reset) = ((HttpResponse, long, long, long))state;
                response.Headers["RateLimit-Limit"] = capacity.ToString(CultureInfo.InvariantCulture);
                response.Headers["RateLimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
                response.Headers["RateLimit-Reset"] = reset.ToString(CultureInfo.InvariantCulture);
                if (response.StatusCode == StatusCodes.Status429TooManyRequests)
                    response.Headers.RetryAfter = "1";
                return Task.CompletedTask;
            },
            (context.Response, capacity, left, reset));
        if (!lease.IsAcquired)
        {
            throw new ProblemException(
                StatusCodes.Status429TooManyRequests,
                string.Create(CultureInfo.InvariantCulture,
                    $"Too many requests: {perSecond} a second are allowed. Wait a second; for much data take the data sets."));
        }
    }

    public void Dispose() => limiter.Dispose();

    /// <summary>How many tokens come back at once and after what time: together exactly as many in a second as are allowed.</summary>
    internal static (int Tokens, TimeSpan Period) Refill(int perSecond)
    {
        var tokens = Math.Max(1, perSecond / RefillsPerSecond);
        return (tokens, TimeSpan.FromSeconds((double)tokens / perSecond));
    }

    /// <summary>Who is asking: an address of IPv4, or a /64 of IPv6, which a household has as a whole.</summary>
    public static IPAddress AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
