namespace CivicSense.Storage;

/// <summary>Who this process is among those that ingest: what each of its commits says.</summary>
sealed class IngestIdentity(string name)
{
    long incarnation;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Which of the processes of that name it is; 0 until it has registered.</summary>
    public long Incarnation
    {
        get => Volatile.Read(ref incarnation);
        set => Volatile.Write(ref incarnation, value);
    }
}
