namespace CivicSense.Commons.Tests.Calibration;

public sealed class DeviceModelTests
{
    [Theory]
    [InlineData("sds011")]
    [InlineData("pms5003-cf1")]
    [InlineData("12345678901234567890123456789012")]
    public void Models_are_short_and_lower_case(string model) =>
        Assert.True(DeviceModel.IsValid(model) && DeviceModel.IsValidOrUnknown(model));

    [Theory]
    [InlineData("SDS011")]
    [InlineData("sds 011")]
    [InlineData("sds_011")]
    [InlineData("sds011\n")]
    [InlineData("123456789012345678901234567890123")]
    public void Nothing_else_is_a_model(string model) => Assert.False(DeviceModel.IsValid(model) || DeviceModel.IsValidOrUnknown(model));

    [Fact]
    public void The_unknown_model_is_a_device_s_but_no_name() =>
        Assert.True(DeviceModel.IsValidOrUnknown(DeviceModel.Unknown) && !DeviceModel.IsValid(DeviceModel.Unknown));
}
