using System.Net;

namespace CivicSense.Stewardship.Tests.SignIn;

/// <summary>Who gets in, and what those see who do not.</summary>
public sealed class SignInTests
{
    static readonly (string, string) AsBrowser = ("Accept", "text/html");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_credentials_the_browser_is_told_to_ask_for_them()
    {
        await using var node = await PrivateNode.StartAsync();
        using var answer = await node.SendAsync(name: null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        // RFC 7617, section 2.1.
        Assert.Equal("Basic realm=\"My device\", charset=\"UTF-8\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal(0, node.Refused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unknown_name_and_a_wrong_secret_get_the_same_answer(bool asBrowser)
    {
        await using var node = await PrivateNode.StartAsync();
        (string, string)[] headers = asBrowser ? [AsBrowser] : [];
        var unknown = await TextAsync(await node.SendAsync("nobody", "x", null, headers));
        Assert.StartsWith("401", unknown, StringComparison.Ordinal);
        Assert.Equal(unknown, await TextAsync(await node.SendAsync("balcony", "x", null, headers)));
        Assert.Equal(unknown, await TextAsync(await node.SendAsync("balcony", Neighbourhood.SecretOf("attic"), null, headers)));
        Assert.Equal(unknown, await TextAsync(await node.SendAsync("The Millers", "", null, headers)));
        Assert.Equal(unknown, await TextAsync(await node.SendAsync(null, "", null, [.. headers, ("Authorization", "Basic ?")])));
        Assert.Equal(unknown, await TextAsync(await node.SendAsync(null, "", null, headers)));
        Assert.Equal(5, node.Refused);
    }

    [Fact]
    public async Task Who_tries_too_often_must_wait_and_nobody_else()
    {
        await using var node = await PrivateNode.StartAsync(options => options with { AllowPlainHttp = true });
        node.RemoteAddress = IPAddress.Parse("2001:db8::1");
        for (var attempt = 0; attempt < SignInPace.PerNetwork; attempt++)
        {
            using var refused = await node.SendAsync("balcony", "guess");
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }
        // While the test ran, an attempt may have been given back every two seconds.
        var paced = await FirstPacedAsync(node);
        Assert.Equal("60", paced.Headers.RetryAfter!.ToString());
        Assert.Empty(paced.Headers.WwwAuthenticate);

        node.RemoteAddress = IPAddress.Parse("2001:db8:0:1::1");
        using var other = await node.OpenAsync("balcony");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    static async Task<HttpResponseMessage> FirstPacedAsync(PrivateNode node)
    {
        for (var attempt = 0; attempt < SignInPace.PerNetwork; attempt++)
        {
            var answer = await node.OpenAsync("balcony");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                return answer;
            answer.Dispose();
        }
        throw new Xunit.Sdk.XunitException("Attempts were never paced.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.1")]
    public async Task Over_an_open_connection_nobody_is_asked_for_a_secret(string forwardedFor)
    {
        await using var node = await PrivateNode.StartAsync();
        node.RemoteAddress = IPAddress.Parse("192.0.2.7");
        (string, string)[] headers = forwardedFor.Length > 0 ? [("X-Forwarded-For", forwardedFor), ("X-Forwarded-Proto", "https")] : [];
        using var answer = await node.OpenAsync("balcony", headers);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(answer.Headers.WwwAuthenticate);
        Assert.Contains("https", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_steward_may_allow_open_connections()
    {
        await using var node = await PrivateNode.StartAsync(options => options with { AllowPlainHttp = true });
        node.RemoteAddress = IPAddress.Parse("192.0.2.7");
        using var answer = await node.OpenAsync("balcony");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Over_TLS_it_is_served_to_other_machines()
    {
        using var certificates = new TestCertificates();
        await using var node = await PrivateNode.StartAsync(tls: certificates);
        node.RemoteAddress = IPAddress.Parse("192.0.2.7");
        using var answer = await node.OpenAsync("balcony");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task No_answer_may_be_kept_framed_or_passed_on()
    {
        await using var node = await PrivateNode.StartAsync();
        using var page = await node.OpenAsync("balcony", AsBrowser);
        using var json = await node.OpenAsync("balcony");
        using var unknown = await node.SendAsync("nobody", "x");
        using var written = await node.SendAsync("balcony", Neighbourhood.SecretOf("balcony"), HttpMethod.Post);
        node.RemoteAddress = IPAddress.Parse("192.0.2.7");
        using var open = await node.OpenAsync("balcony");
        Assert.Equal([200, 200, 401, 405, 403], new[] { page, json, unknown, written, open }.Select(answer => (int)answer.StatusCode));
        Assert.All([page, json, unknown, written, open], answer =>
        {
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.StartsWith("default-src 'none'; ", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain("script-src", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
            Assert.Equal("same-origin", Header(answer, "Cross-Origin-Resource-Policy"));
            Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        });
    }

    [Fact]
    public async Task Only_GET_and_HEAD_are_answered_and_HEAD_without_a_body()
    {
        await using var node = await PrivateNode.StartAsync();
        using var get = await node.OpenAsync("balcony");
        using var head = await node.SendAsync("balcony", Neighbourhood.SecretOf("balcony"), HttpMethod.Head);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options })
        {
            using var refused = await node.SendAsync("balcony", Neighbourhood.SecretOf("balcony"), method);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
            Assert.Equal(["GET", "HEAD"], refused.Content.Headers.Allow);
        }
    }

    [Fact]
    public async Task The_log_says_how_often_somebody_was_refused_and_never_who_came()
    {
        await using var node = await PrivateNode.StartAsync();
        (await node.SendAsync("attic", "guess")).Dispose();
        (await node.OpenAsync("balcony")).Dispose();
        Assert.Contains("1 sign-ins to private pages were refused", node.Log, StringComparison.Ordinal);
        foreach (var word in new[] { "attic", "balcony", "guess", "secret", "Miller", "Smith", Convert.ToBase64String("balcony:"u8)[..8] })
            Assert.DoesNotContain(word, node.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_failure_tells_nothing_of_who_asked()
    {
        await using var node = await PrivateNode.StartAsync();
        await node.Database.DisposeAsync();
        using var answer = await node.OpenAsync("balcony");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("balcony", await answer.Content.ReadAsStringAsync(Cancel) + node.Log, StringComparison.Ordinal);
    }

    static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    /// <summary>Everything of an answer but its time.</summary>
    static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            answer.Headers.Date = null;
            return $"{(int)answer.StatusCode}\n{answer.Headers}{answer.Content.Headers}\n{await answer.Content.ReadAsStringAsync(Cancel)}";
        }
    }
}
