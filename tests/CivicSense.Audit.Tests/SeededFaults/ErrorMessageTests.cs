using CivicSense.Privacy;

namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>An error message ends up in a log, and logs are outputs.</summary>
public sealed class ErrorMessageTests
{
    [Fact]
    public void What_is_left_of_a_budget_stands_in_no_message()
    {
        var mechanism = new OwnerDayMechanism(Rational.One, gridBits: 4);
        Assert.Equal(Message(257), Message(1_000_003));

        string Message(long remaining)
        {
            var budget = new OwnerDayBudget(remaining);
            return Assert.ThrowsAny<ArgumentException>(() => mechanism.Clip(0.5, 1, ref budget)).Message;
        }
    }

    [Fact]
    public void A_damaged_budget_stands_in_no_message() => Assert.Equal(Message(-1), Message(-1_000_003));

    static string Message(long remaining) => Assert.Throws<ArgumentOutOfRangeException>(() => new OwnerDayBudget(remaining)).Message;
}
