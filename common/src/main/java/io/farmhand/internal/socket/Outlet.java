package io.farmhand.internal.socket;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where the tunnels of a worker of a cluster begin: a socket of its agent's. What the worker starts has the same outlet; these
 * processes are a realm, which reach each other's sockets themselves and all others through tunnels.
 *
 * <pre>
 *   worker  -- int32 length, token, a space, the server's id in hexadecimal ---&gt;  agent
 *   worker  &lt;- int32 length, int8 answer, the reason as text if it is a refusal --  agent
 *   worker  &lt;== from here on what the listener and the worker say to each other ==&gt;  agent
 * </pre>
 *
 * @param door the agent's socket
 * @param token that of the worker
 * @param realm never 0, which is that of all processes that no agent has started
 */
public record Outlet(SocketAddress door, String token, long realm) {
    private static final int LENGTH_BYTES = 4;
    private static final int MOST_WISH_BYTES = 256;
    private static final int MOST_ANSWER_BYTES = 16 << 10;

    private static volatile @Nullable Outlet current;

    /** What an agent answers. */
    public enum Answer {
        /** The listener is at the other end. */
        OPEN((byte) 0),
        /** There is no such listener, or not any more. */
        GONE((byte) 1),
        /** There is no tunnel to be had. */
        REFUSED((byte) 2);

        private final byte code;

        Answer(byte code) {
            this.code = code;
        }
    }

    /**
     * What a worker asks an agent for.
     *
     * @param token shows which worker asks
     * @param server the id of the listener
     */
    public record Wish(String token, long server) {
        /** Leaves the token out. */
        @Override
        public String toString() {
            return "Wish[server=" + HexFormat.of().toHexDigits(server) + "]";
        }
    }

    /** That of this process; null when no agent has started it, nor what started it. */
    public static @Nullable Outlet current() {
        return current;
    }

    /** The realm of this process. */
    public static long currentRealm() {
        Outlet outlet = current;
        return outlet == null ? 0 : outlet.realm;
    }

    /** That of this process for one that it starts, as {@link #text}; empty if it has none. */
    public static String inherited() {
        Outlet outlet = current;
        return outlet == null ? "" : outlet.text();
    }

    /** This process has an outlet; to be called before any code of the user's runs. */
    public static void enter(String text) {
        current = text.isEmpty() ? null : parse(text);
    }

    /** As {@link #enter} takes it. */
    public String text() {
        String where = door instanceof UnixDomainSocketAddress socket
                ? socket.getPath().toString()
                : Integer.toString(((InetSocketAddress) door).getPort());
        return token + " " + HexFormat.of().toHexDigits(realm) + " " + where;
    }

    private static Outlet parse(String text) {
        String[] parts = text.split(" ", 3);
        SocketAddress door = parts[2].matches("[0-9]+")
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(parts[2]))
                : UnixDomainSocketAddress.of(Path.of(parts[2]));
        return new Outlet(door, parts[0], HexFormat.fromHexDigitsToLong(parts[1]));
    }

    // ---- the worker's side ----

    /**
     * Has a socket that is connected to the door led on to a listener.
     *
     * @param socket which blocks
     * @throws TunnelRefusedException when there is no tunnel to be had
     * @throws IOException when there is no such listener, or the connection broke
     */
    void lead(SocketChannel socket, long server) throws IOException {
        send(socket, ByteBuffer.wrap((token + " " + HexFormat.of().toHexDigits(server))
                .getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer answer = receive(socket, MOST_ANSWER_BYTES);
        int kind = answer.hasRemaining() ? answer.get() : -1;
        String why = StandardCharsets.UTF_8.decode(answer).toString();
        if (kind == Answer.OPEN.code) {
            return;
        }
        throw kind == Answer.REFUSED.code ? new TunnelRefusedException(why) : new IOException(why);
    }

    // ---- the agent's side ----

    /**
     * Reads what one that has connected asks for.
     *
     * @param socket which blocks
     * @throws IOException when that is nonsense, or it went away
     */
    public static Wish wish(SocketChannel socket) throws IOException {
        String[] parts = StandardCharsets.US_ASCII.decode(receive(socket, MOST_WISH_BYTES)).toString().split(" ", -1);
        if (parts.length != 2 || !parts[1].matches("[0-9a-f]{16}")) {
            throw new IOException("what it asks for makes no sense");
        }
        return new Wish(parts[0], HexFormat.fromHexDigitsToLong(parts[1]));
    }

    /**
     * Answers one that has asked.
     *
     * @param why empty unless it is refused
     */
    public static void answer(SocketChannel socket, Answer answer, String why) throws IOException {
        byte[] text = why.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, MOST_ANSWER_BYTES - 1);
        send(socket, ByteBuffer.allocate(1 + length).put(answer.code).put(text, 0, length).flip());
    }

    // ---- both ----

    private static void send(SocketChannel socket, ByteBuffer bytes) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(LENGTH_BYTES + bytes.remaining()).putInt(bytes.remaining()).put(bytes)
                .flip();
        while (frame.hasRemaining()) {
            socket.write(frame);
        }
    }

    /** Reads a frame, and not a byte of what comes after. */
    private static ByteBuffer receive(SocketChannel socket, int mostBytes) throws IOException {
        int length = fill(socket, ByteBuffer.allocate(LENGTH_BYTES)).getInt();
        if (length < 0 || length > mostBytes) {
            throw new IOException("what it says makes no sense: length=" + length);
        }
        return fill(socket, ByteBuffer.allocate(length));
    }

    private static ByteBuffer fill(SocketChannel socket, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (socket.read(bytes) < 0) {
                throw new EOFException("the other side is gone");
            }
        }
        return bytes.flip();
    }

    /** Opens a socket by which an address can be dialled. */
    static SocketChannel socketFor(SocketAddress address) throws IOException {
        return address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
    }

    /** Leaves the token out. */
    @Override
    public String toString() {
        return "Outlet[" + door + "]";
    }
}
