package dev.postern.proxy.tcp;

import dev.postern.proxy.accesslog.AccessLog;
import dev.postern.proxy.worker.Worker;
import dev.postern.stats.StatCells;
import org.jspecify.annotations.Nullable;

/// For whom octets are carried, and where that is counted.
///
/// @param cells of `tcp.<stat prefix>`
/// @param accessLog null for none
public record TcpClient(Worker worker, StatCells cells, @Nullable AccessLog accessLog) {}
