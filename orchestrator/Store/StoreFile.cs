using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using OpenConfirm.Model;

namespace OpenConfirm.Store;

/// <summary>
/// The database file: <c>store.db</c> in the folder of all data. Several processes may use it at a time, and each may be
/// killed at any instant: every change is one transaction, and one that waits longer than a minute gives up.
/// </summary>
public sealed class StoreFile
{
    /// <summary>Seconds that a change waits for those of others.</summary>
    private const int BusySeconds = 60;

    private readonly string _connection;

    private StoreFile(string path)
    {
        FilePath = path;
        _connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = BusySeconds }.ToString();
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Opens the store of a folder; makes it, or brings it up to date.</summary>
    /// <exception cref="InfrastructureException">It cannot be read or written, is damaged, or is a newer program's.</exception>
    public static StoreFile Open(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, "store.db");
        try
        {
            Directory.CreateDirectory(dataDirectory);
            if (!File.Exists(path))
                Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The store {path} cannot be opened: {e.Message}", e);
        }

        var store = new StoreFile(path);
        store.Guard(store.Migrate);
        return store;
    }

    /// <summary>Reads; what it sees is of one moment.</summary>
    internal T Read<T>(Func<IDbConnection, IDbTransaction, T> read) => Guard(() => InTransaction(deferred: true, read));

    /// <summary>Changes all or nothing, alone.</summary>
    internal T Write<T>(Func<IDbConnection, IDbTransaction, T> write) => Guard(() => InTransaction(deferred: false, write));

    /// <summary>
    /// An empty file that is ours alone (it names findings that are nobody else's business; SQLite gives its other files the
    /// same mode). It is moved to its place closed: closing it there would take SQLite's locks from this process.
    /// </summary>
    private static void Create(string path)
    {
        var part = $"{path}.{Guid.NewGuid():N}.part";
        new FileStream(part, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }).Dispose();
        try
        {
            File.Move(part, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(part); // Another process was first.
        }
    }

    private T InTransaction<T>(bool deferred, Func<IDbConnection, IDbTransaction, T> action)
    {
        using var connection = Connect();
        using var transaction = connection.BeginTransaction(deferred);
        var result = action(connection, transaction);
        transaction.Commit();
        return result;
    }

    private int Migrate()
    {
        using var connection = Connect();
        connection.Execute("PRAGMA journal_mode = WAL");
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = connection.ExecuteScalar<int>("PRAGMA user_version", transaction: transaction);
        if (version > Schema.Scripts.Count)
            throw new InfrastructureException($"The store {FilePath} was written by a newer OpenConfirm (version {version}, this one knows {Schema.Scripts.Count}); use that one.");
        foreach (var script in Schema.Scripts.Skip(version))
            connection.Execute(script, transaction: transaction);
        connection.Execute($"PRAGMA user_version = {Schema.Scripts.Count}", transaction: transaction);
        transaction.Commit();
        return version;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        return connection;
    }

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is SqliteException or TypeInitializationException or DllNotFoundException)
        {
            throw new InfrastructureException($"The store {FilePath} failed: {e.Message}", e);
        }
    }
}
