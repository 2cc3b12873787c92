using System.Net;
using Microsoft.AspNetCore.Http;

namespace CivicSense.Stewardship.Tests.SignIn;

public sealed class TransportTests
{
    const string Far = "192.0.2.7";

    [Theory]
    [InlineData("https", Far, "", true)]
    [InlineData("http", Far, "", false)]
    [InlineData("http", Far, "X-Forwarded-For: 127.0.0.1", false)]
    [InlineData("http", Far, "X-Forwarded-Proto: https", false)]
    [InlineData("http", Far, "Forwarded: for=127.0.0.1;proto=https", false)]
    [InlineData("http", "127.0.0.1", "", true)]
    [InlineData("http", "::1", "", true)]
    [InlineData("http", "::ffff:127.0.0.1", "", true)]
    [InlineData("http", "127.0.0.1", "X-Forwarded-For: 192.0.2.7", false)]
    [InlineData("http", "127.0.0.1", "Via: 1.1 proxy", false)]
    [InlineData("http", "127.0.0.1", "X-Forwarded-Proto: http", false)]
    [InlineData("http", "127.0.0.1", "X-Forwarded-Proto: https", true)]
    [InlineData("http", "127.0.0.1", "X-Forwarded-Proto: https, http", false)]
    [InlineData("http", null, "", false)]
    public void What_can_be_read_on_the_way_is_known(string scheme, string? address, string header, bool isConfidential) =>
        Assert.Equal(isConfidential, Transport.IsConfidential(Context(scheme, address, header)));

    [Theory]
    [InlineData(Far, "", Far)]
    [InlineData(Far, "X-Forwarded-For: 198.51.100.9", Far)]
    [InlineData("127.0.0.1", "X-Forwarded-For: 198.51.100.9", "198.51.100.9")]
    [InlineData("127.0.0.1", "X-Forwarded-For: 203.0.113.1, 198.51.100.9", "198.51.100.9")]
    [InlineData("127.0.0.1", "X-Forwarded-For: unknown", "127.0.0.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::")]
    public void Attempts_are_counted_for_the_network_that_they_come_from(string address, string header, string network) =>
        Assert.Equal(IPAddress.Parse(network), Transport.NetworkOf(Context("http", address, header)));

    static DefaultHttpContext Context(string scheme, string? address, string header)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        if (header.Split(": ") is [var name, var value])
            context.Request.Headers[name] = value;
        return context;
    }
}
