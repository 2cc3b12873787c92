namespace CivicSense.FirmwareSim.Payloads;

/// <summary>The ways in which a broken device's payload is broken.</summary>
enum MalformedPayload
{
    /// <summary>A valid pack cut in the middle.</summary>
    Truncated,

    /// <summary>A hundred nested arrays.</summary>
    TooDeep,

    /// <summary>Valid JSON with the wrong kinds of values.</summary>
    UnknownTypes,

    /// <summary>The text NaN where JSON wants a number, as C's printf writes it.</summary>
    NotANumber,
}

/// <summary>Breaks payloads.</summary>
static class MalformedPayloads
{
    /// <summary>How many ways there are.</summary>
    public const int Kinds = 4;

    static readonly byte[] Deep = [.. Enumerable.Repeat((byte)'[', 100), .. Enumerable.Repeat((byte)']', 100)];

    /// <summary>Replaces the valid pack in <paramref name="buffer"/> by a broken one.</summary>
    public static void Break(PayloadBuffer buffer, MalformedPayload kind)
    {
        switch (kind)
        {
            case MalformedPayload.Truncated:
                buffer.Truncate(buffer.Length / 2);
                break;
            case MalformedPayload.TooDeep:
                buffer.Clear();
                buffer.Append(Deep);
                break;
            case MalformedPayload.UnknownTypes:
                buffer.Clear();
                buffer.Append("""[{"bn":false,"bt":{},"n":["pm2_5"],"u":7,"v":"seven"},{"n":null,"v":[7.4]},{"n":42,"vs":1e400}]"""u8);
                break;
            default:
                buffer.Clear();
                buffer.Append("""[{"n":"pm2_5","u":"ug/m3","v":NaN},{"n":"laeq","u":"dB(A)","v":-inf}]"""u8);
                break;
        }
    }
}
