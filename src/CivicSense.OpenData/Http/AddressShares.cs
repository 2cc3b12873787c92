using System.Net;

namespace CivicSense.OpenData;

/// <summary>Something of which there is so much, and of which one address gets a part only. Thread-safe.</summary>
/// <param name="amount">What there is for all together.</param>
/// <param name="amountOfOneAddress">What one address gets at most.</param>
sealed class AddressShares(long amount, long amountOfOneAddress)
{
    readonly Lock gate = new();
    readonly Dictionary<IPAddress, long> taken = [];
    long takenByAll;

    /// <summary>Takes some of it.</summary>
    /// <returns>Whether there was so much left. If so, <see cref="Return"/> must be called with the same address and number.</returns>
    public bool TryTake(IPAddress address, long wanted = 1)
    {
        lock (gate)
        {
            var own = taken.GetValueOrDefault(address) + wanted;
            if (own > amountOfOneAddress || takenByAll + wanted > amount)
                return false;
            taken[address] = own;
            takenByAll += wanted;
            return true;
        }
    }

    /// <summary>Gives it back.</summary>
    public void Return(IPAddress address, long given = 1)
    {
        lock (gate)
        {
            takenByAll -= given;
            var own = taken[address] -= given;
            if (own == 0)
                taken.Remove(address);
        }
    }
}
