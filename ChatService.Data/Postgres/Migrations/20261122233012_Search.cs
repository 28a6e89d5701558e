using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Pgvector;

#nullable disable

namespace ChatService.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "completion_sources",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    completion_id = table.Column<long>(type: "bigint", nullable: false),
                    rank = table.Column<int>(type: "integer", nullable: false),
                    message_id = table.Column<long>(type: "bigint", nullable: false),
                    score = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_completion_sources", x => new { x.owner_id, x.completion_id, x.rank });
                    table.ForeignKey(
                        name: "FK_completion_sources_completions_owner_id_completion_id",
                        columns: x => new { x.owner_id, x.completion_id },
                        principalTable: "completions",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_completion_sources_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "indexed_messages",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    message_id = table.Column<long>(type: "bigint", nullable: false),
                    conversation_id = table.Column<long>(type: "bigint", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    terms = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_indexed_messages", x => new { x.owner_id, x.message_id });
                    table.ForeignKey(
                        name: "FK_indexed_messages_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "message_embeddings",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    message_id = table.Column<long>(type: "bigint", nullable: false),
                    model = table.Column<string>(type: "text", nullable: false),
                    piece = table.Column<int>(type: "integer", nullable: false),
                    start = table.Column<int>(type: "integer", nullable: false),
                    length = table.Column<int>(type: "integer", nullable: false),
                    vector = table.Column<Vector>(type: "vector", nullable: false),
                    conversation_id = table.Column<long>(type: "bigint", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_message_embeddings", x => new { x.owner_id, x.message_id, x.model, x.piece });
                    table.ForeignKey(
                        name: "FK_message_embeddings_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "pending_embeddings",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "bigint", nullable: false),
                    message_id = table.Column<long>(type: "bigint", nullable: false),
                    stamp = table.Column<Guid>(type: "uuid", nullable: false),
                    rebuild = table.Column<bool>(type: "boolean", nullable: false),
                    due_at = table.Column<long>(type: "bigint", nullable: false),
                    claim = table.Column<Guid>(type: "uuid", nullable: true),
                    failed = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_pending_embeddings", x => new { x.owner_id, x.message_id });
                    table.ForeignKey(
                        name: "FK_pending_embeddings_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "search_models",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    serving = table.Column<string>(type: "text", nullable: false),
                    building = table.Column<string>(type: "text", nullable: true),
                    walk = table.Column<string>(type: "text", nullable: false),
                    walked_owner = table.Column<long>(type: "bigint", nullable: false),
                    walked_message = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_search_models", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_completion_sources_owner_id_message_id",
                table: "completion_sources",
                columns: new[] { "owner_id", "message_id" });

            migrationBuilder.CreateIndex(
                name: "IX_pending_embeddings_due_at",
                table: "pending_embeddings",
                column: "due_at");

            // Not to_tsvector, which would split the terms again.
            migrationBuilder.Sql(
                "ALTER TABLE indexed_messages ADD COLUMN words tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED");
            migrationBuilder.Sql("CREATE INDEX ix_indexed_messages_words ON indexed_messages USING gin (words)");
            // In the row, where it fits: a search reads every vector of its owner.
            migrationBuilder.Sql("ALTER TABLE message_embeddings ALTER COLUMN vector SET STORAGE MAIN");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "completion_sources");

            migrationBuilder.DropTable(
                name: "indexed_messages");

            migrationBuilder.DropTable(
                name: "message_embeddings");

            migrationBuilder.DropTable(
                name: "pending_embeddings");

            migrationBuilder.DropTable(
                name: "search_models");
        }
    }
}
