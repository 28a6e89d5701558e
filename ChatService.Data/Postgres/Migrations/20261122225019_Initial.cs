using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterDatabase()
                .Annotation("Npgsql:PostgresExtension:vector", ",,");

            migrationBuilder.CreateSequence(
                name: "conversation_ids",
                incrementBy: 32);

            migrationBuilder.CreateSequence(
                name: "message_ids",
                incrementBy: 32);

            migrationBuilder.CreateSequence(
                name: "user_ids",
                incrementBy: 32);

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    username = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    username_key = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    password_hash = table.Column<string>(type: "text", nullable: false),
                    change_sequence = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_users", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "changes",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    conversation_id = table.Column<long>(type: "bigint", nullable: false),
                    message_id = table.Column<long>(type: "bigint", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_changes", x => new { x.owner_id, x.sequence });
                    table.ForeignKey(
                        name: "FK_changes_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "conversations",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<long>(type: "bigint", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    model = table.Column<string>(type: "text", nullable: true),
                    archived_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    last_sequence = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_conversations", x => new { x.owner_id, x.id });
                    table.ForeignKey(
                        name: "FK_conversations_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    operation = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    payload_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    result_id = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotency_keys", x => new { x.owner_id, x.operation, x.key });
                    table.ForeignKey(
                        name: "FK_idempotency_keys_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "sessions",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    token_hash = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    last_used_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sessions", x => new { x.owner_id, x.token_hash });
                    table.ForeignKey(
                        name: "FK_sessions_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "messages",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<long>(type: "bigint", nullable: false),
                    conversation_id = table.Column<long>(type: "bigint", nullable: false),
                    sequence = table.Column<int>(type: "integer", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    edited_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    question_id = table.Column<long>(type: "bigint", nullable: true),
                    superseded = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_messages", x => new { x.owner_id, x.id });
                    table.ForeignKey(
                        name: "FK_messages_conversations_owner_id_conversation_id",
                        columns: x => new { x.owner_id, x.conversation_id },
                        principalTable: "conversations",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_messages_messages_owner_id_question_id",
                        columns: x => new { x.owner_id, x.question_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" });
                });

            migrationBuilder.CreateTable(
                name: "completions",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<long>(type: "bigint", nullable: false),
                    conversation_id = table.Column<long>(type: "bigint", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    model = table.Column<string>(type: "text", nullable: false),
                    temperature = table.Column<float>(type: "real", nullable: true),
                    max_output_tokens = table.Column<int>(type: "integer", nullable: false),
                    recall = table.Column<bool>(type: "boolean", nullable: false),
                    finish_reason = table.Column<string>(type: "text", nullable: true),
                    input_tokens = table.Column<int>(type: "integer", nullable: true),
                    output_tokens = table.Column<int>(type: "integer", nullable: true),
                    usage_estimated = table.Column<bool>(type: "boolean", nullable: false),
                    error_code = table.Column<string>(type: "text", nullable: true),
                    context_messages = table.Column<int>(type: "integer", nullable: false),
                    context_dropped = table.Column<int>(type: "integer", nullable: false),
                    context_tokens = table.Column<int>(type: "integer", nullable: false),
                    instance = table.Column<Guid>(type: "uuid", nullable: false),
                    lease_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    cancel_requested_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_completions", x => new { x.owner_id, x.id });
                    table.ForeignKey(
                        name: "FK_completions_messages_owner_id_id",
                        columns: x => new { x.owner_id, x.id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "completion_texts",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    completion_id = table.Column<long>(type: "bigint", nullable: false),
                    offset = table.Column<int>(type: "integer", nullable: false),
                    content = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_completion_texts", x => new { x.owner_id, x.completion_id, x.offset });
                    table.ForeignKey(
                        name: "FK_completion_texts_completions_owner_id_completion_id",
                        columns: x => new { x.owner_id, x.completion_id },
                        principalTable: "completions",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_changes_created_at",
                table: "changes",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_changes_owner_id_conversation_id",
                table: "changes",
                columns: new[] { "owner_id", "conversation_id" });

            migrationBuilder.CreateIndex(
                name: "IX_completions_lease_until",
                table: "completions",
                column: "lease_until",
                filter: "status = 'Running'");

            migrationBuilder.CreateIndex(
                name: "ux_completions_running",
                table: "completions",
                columns: new[] { "owner_id", "conversation_id" },
                unique: true,
                filter: "status = 'Running'");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_archived",
                table: "conversations",
                columns: new[] { "owner_id", "updated_at", "id" },
                filter: "archived_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_conversations_current",
                table: "conversations",
                columns: new[] { "owner_id", "updated_at", "id" },
                filter: "archived_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_conversations_id",
                table: "conversations",
                column: "id");

            migrationBuilder.CreateIndex(
                name: "IX_idempotency_keys_created_at",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_messages_answers",
                table: "messages",
                columns: new[] { "owner_id", "question_id" });

            migrationBuilder.CreateIndex(
                name: "IX_messages_owner_id_conversation_id_sequence",
                table: "messages",
                columns: new[] { "owner_id", "conversation_id", "sequence" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_messages_current_answer",
                table: "messages",
                columns: new[] { "owner_id", "question_id" },
                unique: true,
                filter: "question_id IS NOT NULL AND NOT superseded");

            migrationBuilder.CreateIndex(
                name: "IX_users_username_key",
                table: "users",
                column: "username_key",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "changes");

            migrationBuilder.DropTable(
                name: "completion_texts");

            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropTable(
                name: "sessions");

            migrationBuilder.DropTable(
                name: "completions");

            migrationBuilder.DropTable(
                name: "messages");

            migrationBuilder.DropTable(
                name: "conversations");

            migrationBuilder.DropTable(
                name: "users");

            migrationBuilder.DropSequence(
                name: "conversation_ids");

            migrationBuilder.DropSequence(
                name: "message_ids");

            migrationBuilder.DropSequence(
                name: "user_ids");
        }
    }
}
