namespace CivicSense.Mqtt.Tests.Security;

/// <summary>Tests that measure the memory of the whole process: nothing else may run at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class MeasuredAlone
{
    public const string Name = "Measured alone";
}
