using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class KeyConversation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "conversation_id",
                table: "idempotency_keys",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "conversation_id",
                table: "idempotency_keys");
        }
    }
}
