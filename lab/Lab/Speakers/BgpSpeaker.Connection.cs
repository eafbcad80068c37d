using System.Net;
using System.Net.Sockets;
using OpenConfirm.Wire;
using OpenConfirm.Wire.Bgp;

namespace OpenConfirm.Lab.Speakers;

/// <content>Its TCP connection: made, taken, tried again and lost.</content>
public sealed partial class BgpSpeaker
{
    private const double RetrySeconds = 0.02;

    private Door? _door;
    private Socket? _socket;
    private bool _isWaitingToConnect;

    private Socket NewSocket()
    {
        var socket = _node.Run(() => new Socket(_config.Local.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        try
        {
            socket.Blocking = false;
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (_config.Password is { } password)
                TcpMd5.Set(socket, _config.Peer, password);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Connect()
    {
        _socket = NewSocket();
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
        var listener = NewSocket();
        _door = new Door(this, listener);
        listener.Bind(new IPEndPoint(_config.Local, _config.Port));
        listener.Listen(4);
        State = BgpState.Active;
        _loop.Add(_door);
    }

    private void Accept(Socket listener)
    {
        Socket accepted;
        try
        {
            accepted = listener.Accept();
        }
        catch (SocketException)
        {
            return;
        }

        try
        {
            if (accepted.RemoteEndPoint is not IPEndPoint from || !from.Address.Equals(_config.Peer))
            {
                accepted.Dispose();
                return;
            }

            accepted.Blocking = false;
            accepted.NoDelay = true;
        }
        catch (SocketException)
        {
            accepted.Dispose(); // It has gone already.
            return;
        }

        if (_socket is not null)
        {
            TurnAway(accepted);
            return;
        }

        _socket = accepted;
        SendOpen();
    }

    /// <summary>
    /// A second connection of the peer's (RFC 4271 section 6.8). The one that is there stays, whoever has the higher identifier: there
    /// is one at a time here. The peer is told which.
    /// </summary>
    private void TurnAway(Socket second)
    {
        const byte Cease = 6, Collision = 7;
        Collisions++;
        using (second)
            _ = second.Send(WireWriter.Encode<BgpMessage>(new Notification { Code = Cease, Subcode = Collision }, WireFacts.Default), SocketFlags.None, out _);
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
    /// The connection is lost. A daemon that is not ready yet makes or takes connections and drops them: as long as it has said
    /// nothing, and there is time, another one is tried or waited for.
    /// </summary>
    private void Lose(BgpEndKind kind, string reason)
    {
        if (State != BgpState.OpenSent || BytesReceived > 0 || !_config.IsPatient)
        {
            End(kind, reason);
            return;
        }

        _queue.Clear();
        (_queued, _sentOfFirst, _stallDeadline) = (0, 0, long.MaxValue);
        Drops++;
        State = _config.IsPassive ? BgpState.Active : BgpState.Connect;
        ConnectLater();
        if (_config.IsPassive)
            _retryDeadline = long.MaxValue;
    }

    /// <summary>The socket that waits for the peer.</summary>
    private sealed class Door(BgpSpeaker speaker, Socket listener) : IEndpoint, IDisposable
    {
        public int Descriptor => (int)listener.Handle;

        public bool WantsToWrite => false;

        public long Deadline => long.MaxValue;

        public void OnReadable() => speaker.Accept(listener);

        public void OnWritable()
        {
        }

        public void OnDeadline()
        {
        }

        public void OnFailure(Exception cause) => speaker.Fail(cause);

        /// <summary>Closes it; on the loop's thread.</summary>
        public void Dispose()
        {
            speaker._loop.Remove(this);
            listener.Dispose();
        }
    }
}
