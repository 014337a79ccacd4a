/* SPDX-License-Identifier: GPL-2.0-only */
/* server - answers browsers: what they ask for is looked up, a page is made, and nothing changes */
#include "receiver/web/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "receiver/web/asset.h"
#include "receiver/web/authority.h"
#include "receiver/web/connections.h"
#include "receiver/web/metrics.h"
#include "receiver/web/page.h"
#include "sender/clock.h"

#define CONNECTION_BYTES (16u << 10) /* for a request's line and headers, and an answer's */
#define SILENT_S         30
#define HELD_MAX         (64u << 20) /* bytes of answers that wait for slow readers */
#define TICK_MS          500
#define HTML             "text/html; charset=utf-8"
#define PATH_MAX_RAW     (STORE_PATH_MAX + 40)

struct server {
	struct MHD_Daemon *daemon;
	const struct catalog *catalog;
	const struct server_options *options;
	struct connections connections;
	uint64_t requests, refused;
	size_t held;
};

/* The bytes of an answer, as long as it is sent. */
struct held {
	struct server *server;
	char *bytes;
	size_t n;
};

/* What is answered: a status, what kind of text it is, and the text. */
struct answer {
	unsigned status;
	const char *type, *also, *also_value; /* one more header, or NULL */
	struct MHD_Response *response;
	uint64_t n;
};

static void release(void *context)
{
	struct held *held = context;

	held->server->held -= held->n;
	free(held->bytes);
	free(held);
}

/* Takes the bytes over, whatever comes of it. */
static void hold(struct server *server, struct answer *answer, char *bytes, size_t n)
{
	struct held *held = malloc(sizeof(*held));

	if (!held) {
		free(bytes);
		return;
	}
	*held = (struct held){server, bytes, n};
	server->held += n;
	answer->n = n;
	answer->response =
		MHD_create_response_from_buffer_with_free_callback_cls(n, bytes, release, held);
	if (!answer->response)
		release(held);
}

/* What no script and no other page may do with an answer; the pages need no more than they get. */
static void put_headers(const struct answer *answer)
{
	static const char *const headers[][2] = {
		{"Content-Security-Policy",
	         "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
	         "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
	         "require-trusted-types-for 'script'; trusted-types 'none'"},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "no-referrer"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cache-Control", "no-store"},
	};

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		MHD_add_response_header(answer->response, headers[i][0], headers[i][1]);
	MHD_add_response_header(answer->response, "Content-Type", answer->type);
	if (answer->also)
		MHD_add_response_header(answer->response, answer->also, answer->also_value);
}

static enum MHD_Result send_answer(struct MHD_Connection *handle, struct connection *connection,
                                   struct answer *answer)
{
	enum MHD_Result result;

	if (!answer->response)
		return MHD_NO; /* no memory: the connection ends */
	put_headers(answer);
	connection_takes(connection, answer->n, now_us());
	result = MHD_queue_response(handle, answer->status, answer->response);
	MHD_destroy_response(answer->response);
	return result;
}

/* Writes the page that is asked for, or what is wrong. Returns the status. */
static unsigned write_page(const struct page *page, const struct report *report, unsigned status)
{
	if (status == MHD_HTTP_OK && page->query->page == QUERY_REPORT && page_report(page, report))
		status = MHD_HTTP_INTERNAL_SERVER_ERROR;
	if (status != MHD_HTTP_OK)
		page_error(page, status);
	else if (page->query->page == QUERY_REPORTS)
		page_reports(page);
	else if (page->query->page == QUERY_CRASHES)
		page_crashes(page);
	else if (page->query->page == QUERY_HOSTS)
		page_hosts(page);
	return status;
}

static void answer_page(struct server *server, const struct query *query,
                        const struct report *report, unsigned status, struct answer *answer)
{
	char *bytes = NULL;
	size_t n = 0;
	struct page page = {
		.out = open_memstream(&bytes, &n),
		.catalog = server->catalog,
		.query = query,
		.now_s = (uint64_t)time(NULL),
		.metrics = server->options->metrics,
	};

	if (!page.out)
		return;
	answer->type = HTML;
	answer->status = write_page(&page, report, status);
	if (fclose(page.out))
		free(bytes);
	else
		hold(server, answer, bytes, n);
}

static void answer_text(struct server *server, enum query_page page, struct answer *answer)
{
	struct server_counts counts;
	char *bytes = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&bytes, &n);

	if (!out)
		return;
	answer->type = page == QUERY_METRICS ? METRICS_TYPE : "text/plain; charset=utf-8";
	if (page == QUERY_METRICS) {
		server_count(server, &counts);
		metrics_write(out, server->options->metrics, server->catalog, &counts);
	} else {
		page_put_state(out, server->catalog);
	}
	if (fclose(out))
		free(bytes);
	else
		hold(server, answer, bytes, n);
}

static void answer_asset(const struct asset *asset, struct answer *answer)
{
	answer->type = asset->type;
	answer->n = asset->n;
	answer->response = MHD_create_response_from_buffer(asset->n, (void *)asset->text,
	                                                   MHD_RESPMEM_PERSISTENT);
}

/* The bytes of the log; a name for the file in which the host's stands too. */
static void answer_raw(const struct server *server, const struct report *report, char *name,
                       struct answer *answer)
{
	int fd = entry_open(&report->entry, server->catalog->follow.directory);
	struct stat status;
	int length;

	if (fd < 0)
		return;
	if (fstat(fd, &status)) {
		close(fd);
		return;
	}
	length = snprintf(name, PATH_MAX_RAW, "attachment; filename=\"%s\"", report->entry.file);
	for (int i = 0; i < length; i++)
		if (name[i] == '/')
			name[i] = '-';
	answer->type = "application/octet-stream";
	answer->also = "Content-Disposition";
	answer->also_value = name;
	answer->n = (uint64_t)status.st_size;
	answer->response = MHD_create_response_from_fd64(answer->n, fd);
	if (!answer->response)
		close(fd);
}

/* A partial report went for the whole one: that is where to look. */
static bool answer_moved(struct server *server, const struct query *query, char *place,
                         struct answer *answer)
{
	const struct report *report = catalog_successor(server->catalog, query->file);

	if (query->page != QUERY_REPORT || !report)
		return false;
	snprintf(place, PATH_MAX_RAW, "/report/%s", report->entry.file);
	answer_page(server, query, NULL, MHD_HTTP_NOT_FOUND, answer);
	answer->status = MHD_HTTP_SEE_OTHER;
	answer->also = "Location";
	answer->also_value = place;
	return true;
}

static void answer_report(struct server *server, const struct query *query, char *text,
                          struct answer *answer)
{
	const struct report *report = catalog_find(server->catalog, query->file);

	if (!report && answer_moved(server, query, text, answer))
		return;
	if (report && query->page == QUERY_RAW)
		answer_raw(server, report, text, answer);
	else if (report)
		answer_page(server, query, report, MHD_HTTP_OK, answer);
	if (!answer->response)
		answer_page(server, query, NULL, MHD_HTTP_NOT_FOUND, answer);
}

/* What the request may not be, as a status; 200 if nothing is wrong. */
static unsigned judge(const struct server *server, struct MHD_Connection *handle,
                      const struct connection *connection, const char *method)
{
	const char *host = MHD_lookup_connection_value(handle, MHD_HEADER_KIND, "Host");
	const char *length = MHD_lookup_connection_value(handle, MHD_HEADER_KIND, "Content-Length");

	if (!host || !authority_is_allowed(host, server->options->names, server->options->n_names))
		return MHD_HTTP_MISDIRECTED_REQUEST;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return MHD_HTTP_METHOD_NOT_ALLOWED;
	if ((length && strcmp(length, "0")) ||
	    MHD_lookup_connection_value(handle, MHD_HEADER_KIND, "Transfer-Encoding"))
		return MHD_HTTP_BAD_REQUEST;
	if (connection->error)
		return connection->error == -ENOENT ? MHD_HTTP_NOT_FOUND : MHD_HTTP_BAD_REQUEST;
	return server->held > HELD_MAX ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK;
}

static enum MHD_Result refuse(struct server *server, struct MHD_Connection *handle,
                              struct connection *connection, unsigned status)
{
	static const struct query nothing = {.page = QUERY_RAW};
	struct answer answer = {.status = status};

	server->refused++;
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED) {
		answer.also = "Allow";
		answer.also_value = "GET, HEAD";
	} else if (status == MHD_HTTP_SERVICE_UNAVAILABLE) {
		answer.also = "Retry-After";
		answer.also_value = "5";
	}
	answer_page(server, &nothing, NULL, status, &answer);
	return send_answer(handle, connection, &answer);
}

static enum MHD_Result respond(struct server *server, struct MHD_Connection *handle,
                               struct connection *connection)
{
	const struct query *query = &connection->query;
	const struct asset *asset = asset_of(query->page);
	struct answer answer = {.status = MHD_HTTP_OK};
	char text[PATH_MAX_RAW];

	if (asset)
		answer_asset(asset, &answer);
	else if (query->page == QUERY_STATE || query->page == QUERY_METRICS)
		answer_text(server, query->page, &answer);
	else if (query->page == QUERY_REPORT || query->page == QUERY_RAW)
		answer_report(server, query, text, &answer);
	else
		answer_page(server, query, NULL, MHD_HTTP_OK, &answer);
	return send_answer(handle, connection, &answer);
}

static struct connection *connection_of(struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* Called for a request's headers, and again when it is whole. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *handle, const char *url,
                                  const char *method, const char *version, const char *body,
                                  size_t *body_bytes, void **seen)
{
	struct connection *connection = connection_of(handle);
	struct server *server = context;
	unsigned status;

	(void)url, (void)version, (void)body;
	if (!connection)
		return MHD_NO;
	if (!*seen) {
		*seen = connection;
		server->requests++;
		/* An answer at this time ends the connection, and its body is not read. */
		status = judge(server, handle, connection, method);
		return status == MHD_HTTP_OK ? MHD_YES : refuse(server, handle, connection, status);
	}
	if (*body_bytes)
		return MHD_NO;
	return respond(server, handle, connection);
}

/* The first line of a request is there: it is read before the library decodes it in place. */
static void *on_target(void *context, const char *target, struct MHD_Connection *handle)
{
	struct connection *connection = connection_of(handle);

	(void)context;
	if (connection) {
		connection_asks(connection, now_us());
		connection->error = query_read(target, strlen(target), &connection->query);
	}
	return NULL;
}

static void on_completed(void *context, struct MHD_Connection *handle, void **seen,
                         enum MHD_RequestTerminationCode code)
{
	struct connection *connection = connection_of(handle);

	(void)context, (void)seen, (void)code;
	if (connection)
		connection_rests(connection, now_us());
}

static void on_connection(void *context, struct MHD_Connection *handle, void **place,
                          enum MHD_ConnectionNotificationCode code)
{
	struct server *server = context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*place = connections_add(
			&server->connections,
			MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD)
				->connect_fd,
			now_us());
	else if (*place)
		connections_remove(&server->connections, *place);
}

struct server *server_start(int socket, const struct catalog *catalog,
                            const struct server_options *options)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	server->catalog = catalog;
	server->options = options;
	connections_open(&server->connections);
	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, socket,
		MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, SILENT_S,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_END);
	if (server->daemon)
		return server;
	free(server);
	return NULL;
}

void server_stop(struct server *server)
{
	MHD_stop_daemon(server->daemon);
	free(server);
}

int server_fd(const struct server *server)
{
	return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int server_timeout_ms(const struct server *server)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	if (MHD_get_timeout(server->daemon, &timeout) != MHD_YES || timeout > TICK_MS)
		return TICK_MS;
	return (int)timeout;
}

void server_run(struct server *server)
{
	connections_end_late(&server->connections, now_us());
	MHD_run(server->daemon);
}

void server_count(const struct server *server, struct server_counts *counts)
{
	*counts = (struct server_counts){
		.requests = server->requests,
		.refused = server->refused,
		.ended = server->connections.ended,
		.connections = server->connections.n,
	};
}
