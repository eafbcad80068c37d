using System.Net;
using System.Net.Sockets;

namespace OpenConfirm.Lab.Speakers;

/// <content>Its TCP connection: made, taken, tried again and lost.</content>
public sealed partial class BgpSpeaker
{
    private Socket NewSocket()
    {
        var socket = _node.Run(() => new Socket(_config.Local.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        socket.Blocking = false;
        socket.NoDelay = true;
        if (_config.Password is { } password)
            TcpMd5.Set(socket, _config.Peer, password);
        return socket;
    }

    private void Connect()
    {
        _socket = NewSocket();
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(_config.Local, 0));
        State = BgpState.Connect;
        _isWaitingToConnect = true;
        try
        {
            _socket.Connect(new IPEndPoint(_config.Peer, _config.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        catch (SocketException)
        {
            ConnectLater(); // The network may still be coming up.
        }
    }

    private void Listen()
    {
        _listener = NewSocket();
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(_config.Local, _config.Port));
        _listener.Listen(4);
        State = BgpState.Active;
    }

    private void Accept()
    {
        Socket accepted;
        try
        {
            accepted = _listener!.Accept();
        }
        catch (SocketException)
        {
            return;
        }

        if (accepted.RemoteEndPoint is not IPEndPoint from || !from.Address.Equals(_config.Peer))
        {
            accepted.Dispose();
            return;
        }

        accepted.Blocking = false;
        accepted.NoDelay = true;
        _socket = accepted;
        _listener!.Dispose();
        _listener = null;
        SendOpen();
    }

    private void Connected()
    {
        _isWaitingToConnect = false;
        var error = (SocketError)(int)_socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error == SocketError.Success)
        {
            SendOpen();
            return;
        }

        if (_config.IsPatient)
            ConnectLater(); // A daemon that starts or has just lost us listens a moment later.
        else
            End(BgpEndKind.PeerReset, $"the connection to {_config.Peer} failed: {error}");
    }

    private void ConnectLater()
    {
        _socket!.Dispose();
        _socket = null;
        _isWaitingToConnect = false;
        _retryDeadline = After(RetrySeconds);
    }

    /// <summary>
    /// The connection is lost. A daemon that is not ready yet takes connections and drops them: as long as it has said nothing,
    /// and there is time, another one is tried.
    /// </summary>
    private void Lose(BgpEndKind kind, string reason)
    {
        if (State != BgpState.OpenSent || _config.IsPassive || MessagesReceived > 0 || !_config.IsPatient)
        {
            End(kind, reason);
            return;
        }

        State = BgpState.Connect;
        _queue.Clear();
        (_queued, _sentOfFirst) = (0, 0);
        ConnectLater();
    }
}
