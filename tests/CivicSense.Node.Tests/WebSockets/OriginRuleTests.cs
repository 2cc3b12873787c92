using CivicSense.Node.WebSockets;
using Microsoft.AspNetCore.Http;

namespace CivicSense.Node.Tests.WebSockets;

public sealed class OriginRuleTests
{
    readonly OriginRule rule = new(["https://map.example.org", "http://localhost:3000"], new Uri("https://air.example.org/node/"));

    [Theory]
    [InlineData(null, true)]
    [InlineData("http://node.example.org:8080", true)]
    [InlineData("https://node.example.org:8080", true)]
    [InlineData("https://map.example.org", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("https://air.example.org", true)]
    [InlineData("http://air.example.org", false)]
    [InlineData("http://map.example.org", false)]
    [InlineData("https://map.example.org.evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("http://node.example.org", false)]
    [InlineData("http://node.example.org:80801", false)]
    [InlineData("http://node.example.org:8080/page", false)]
    [InlineData("http://user@node.example.org:8080", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("", false)]
    public void A_page_of_the_node_or_of_a_named_origin_may_connect(string? origin, bool isAllowed)
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString("node.example.org", 8080);
        if (origin is not null) request.Headers.Origin = origin;
        Assert.Equal(isAllowed, rule.Allows(request));
    }

    [Fact]
    public void Two_origins_are_none()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Origin = new(["https://map.example.org", "https://map.example.org"]);
        Assert.False(rule.Allows(request));
    }
}
