using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Stewardship.Tests.SignIn;

public sealed class BasicCredentialsTests
{
    [Theory]
    // RFC 7617, section 2 and section 2.1.
    [InlineData("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame")]
    [InlineData("Basic dGVzdDoxMjPCow==", "test", "123£")]
    [InlineData("basic YTpiOmM=", "a", "b:c")]
    [InlineData("BASIC Og==", "", "")]
    public void A_header_is_a_name_and_a_secret(string header, string name, string secret)
    {
        var read = BasicCredentials.Read(header);
        Assert.Equal((name, secret), (read!.Name, Encoding.UTF8.GetString(read.Secret.Span)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic !")]
    [InlineData("Basic YQ==")]
    [InlineData("Basic /zp4")]
    [InlineData("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==")]
    public void A_header_that_cannot_be_read_is_nobody_s(string header)
    {
        var read = BasicCredentials.Read(header);
        Assert.Equal(("", 0), (read!.Name, read.Secret.Length));
    }

    [Fact]
    public void No_header_is_no_attempt_and_two_are_nobody_s()
    {
        Assert.Null(BasicCredentials.Read(default));
        Assert.Equal("", BasicCredentials.Read(new(["Basic YTpi", "Basic YTpi"]))!.Name);
        Assert.Equal("", BasicCredentials.Read("Basic " + Convert.ToBase64String(new byte[2000]))!.Name);
    }

    [Fact]
    public void No_header_makes_it_fail() =>
        Prop.ForAll<byte[]>(bytes =>
        {
            var read = BasicCredentials.Read("Basic " + Convert.ToBase64String(bytes));
            var read2 = BasicCredentials.Read(Encoding.Latin1.GetString(bytes));
            Assert.NotNull(read);
            Assert.NotNull(read2);
            Assert.DoesNotContain(':', read.Name);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Its_text_tells_nothing() =>
        Assert.DoesNotContain("sesame", $"{BasicCredentials.Read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")}", StringComparison.Ordinal);
}
