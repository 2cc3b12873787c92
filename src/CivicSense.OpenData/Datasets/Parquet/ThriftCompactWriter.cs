using System.Buffers;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>Writes structs in Thrift's compact protocol, in which Parquet keeps its metadata.</summary>
/// <remarks>
/// <para>apache/thrift, doc/specs/thrift-compact-protocol.md. Numbers are zigzag varints, a field's header holds the distance from the
/// field before, lists begin with size and element type.</para>
/// <para>Between <c>BeginStruct</c> and <see cref="EndStruct"/> fields are written with ascending ids. An element of a list of structs
/// is a struct without a field.</para>
/// </remarks>
sealed class ThriftCompactWriter(IBufferWriter<byte> output)
{
    const byte True = 1;
    const byte False = 2;
    const byte I32 = 5;
    const byte I64 = 6;
    const byte Binary = 8;
    const byte List = 9;
    const byte Struct = 12;

    /// <summary>Sizes from here on follow the header of a list as a number of their own.</summary>
    const int LongList = 15;

    readonly Stack<short> enclosing = new();
    short lastField;

    /// <summary>Begins the outermost struct, or an element of a list of structs.</summary>
    public void BeginStruct()
    {
        enclosing.Push(lastField);
        lastField = 0;
    }

    public void BeginStruct(short field)
    {
        WriteHeader(field, Struct);
        BeginStruct();
    }

    public void EndStruct()
    {
        WriteByte(0);
        lastField = enclosing.Pop();
    }

    /// <summary>A struct without fields, as unions have them for a choice that needs no more said.</summary>
    public void WriteEmptyStruct(short field)
    {
        BeginStruct(field);
        EndStruct();
    }

    public void WriteBoolean(short field, bool value) => WriteHeader(field, value ? True : False);

    public void WriteInt32(short field, int value)
    {
        WriteHeader(field, I32);
        output.WriteVarint(ZigZag.Encode(value));
    }

    public void WriteInt64(short field, long value)
    {
        WriteHeader(field, I64);
        output.WriteVarint(ZigZag.Encode(value));
    }

    public void WriteBinary(short field, ReadOnlySpan<byte> value)
    {
        WriteHeader(field, Binary);
        WriteBinaryElement(value);
    }

    public void WriteString(short field, string value) => WriteBinary(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Begins a list of structs; <paramref name="count"/> of them follow.</summary>
    public void BeginStructList(short field, int count) => BeginList(field, Struct, count);

    public void WriteInt32List(short field, params ReadOnlySpan<int> values)
    {
        BeginList(field, I32, values.Length);
        foreach (var value in values)
            output.WriteVarint(ZigZag.Encode(value));
    }

    public void WriteStringList(short field, params ReadOnlySpan<string> values)
    {
        BeginList(field, Binary, values.Length);
        foreach (var value in values)
            WriteBinaryElement(Encoding.UTF8.GetBytes(value));
    }

    void BeginList(short field, byte elementType, int count)
    {
        WriteHeader(field, List);
        if (count < LongList)
        {
            WriteByte((byte)((count << 4) | elementType));
            return;
        }
        WriteByte((byte)(0xF0 | elementType));
        output.WriteVarint((ulong)count);
    }

    void WriteBinaryElement(ReadOnlySpan<byte> value)
    {
        output.WriteVarint((ulong)value.Length);
        output.Write(value);
    }

    /// <remarks>No struct of Parquet leaves out fifteen ids in a row, so the distance always fits its four bits.</remarks>
    void WriteHeader(short field, byte type)
    {
        WriteByte((byte)(((field - lastField) << 4) | type));
        lastField = field;
    }

    void WriteByte(byte value) => output.Write([value]);
}
