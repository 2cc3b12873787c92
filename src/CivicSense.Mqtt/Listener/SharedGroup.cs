namespace CivicSense.Mqtt.Listener;

/// <summary>The members of one shared subscription, MQTT 5.0 section 4.8.2. Guarded by the router.</summary>
sealed class SharedGroup(byte[] name)
{
    readonly List<Subscription> members = [];
    int next;

    public byte[] Name => name;

    public bool IsEmpty => members.Count == 0;

    public void Set(Subscription subscription)
    {
        int index = members.FindIndex(member => member.Session == subscription.Session);
        if (index >= 0) members[index] = subscription;
        else members.Add(subscription);
    }

    public bool Remove(ClientSession session) => members.RemoveAll(member => member.Session == session) > 0;

    /// <summary>The member whose turn it is: the next one with a connection, or without any the next one whose session is kept.</summary>
    public Subscription? Pick()
    {
        Subscription? absent = null;
        for (int i = 0; i < members.Count; i++)
        {
            int index = (next + i) % members.Count;
            Subscription member = members[index];
            if (!member.Session.IsConnected)
            {
                absent ??= member;
                continue;
            }

            next = index + 1;
            return member;
        }

        if (absent is not null) next++;
        if (next > members.Count) next = 0;
        return absent;
    }
}
