using System.Net;

namespace CivicSense.OpenData;

/// <summary>Places for the readers of whole lists, of which one address gets some only. Thread-safe.</summary>
sealed class WholeListPlaces(int places, int placesOfOneAddress)
{
    readonly Lock gate = new();
    readonly Dictionary<IPAddress, int> taken = [];

    /// <summary>Takes a place.</summary>
    /// <returns>Whether there was one. If so, <see cref="Return"/> must be called for the same address.</returns>
    public bool TryTake(IPAddress address)
    {
        lock (gate)
        {
            var own = taken.GetValueOrDefault(address);
            if (own >= placesOfOneAddress || taken.Values.Sum() >= places) return false;
            taken[address] = own + 1;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Return(IPAddress address)
    {
        lock (gate)
        {
            if (--taken[address] == 0) taken.Remove(address);
        }
    }
}
